namespace Darkroom.Jobs.Retention;

/// <summary>What a purge would remove.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="FinishedAt">When it ended, or null.</param>
/// <param name="Items">Rows of items.</param>
/// <param name="Outputs">Images that they have.</param>
/// <param name="Bytes">Bytes of these images.</param>
/// <param name="Uploads">Files uploaded to the service that it uses.</param>
/// <param name="Refusal">Why it can't be purged, or null.</param>
public sealed record PurgePlan(string BatchId, DateTimeOffset? FinishedAt, long Items, long Outputs, long Bytes, long Uploads, string? Refusal);
