namespace Darkroom.Jobs.Results;

/// <summary>A batch whose results are to be written.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="FinishedAt">The end that they are of.</param>
public sealed record DueResults(string BatchId, DateTimeOffset FinishedAt);
