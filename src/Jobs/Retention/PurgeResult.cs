namespace Darkroom.Jobs.Retention;

/// <summary>What a purge removed.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="Files">Files in the store, results and partial images included.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Items">Rows of items.</param>
/// <param name="Refusal">Why nothing was removed, or null.</param>
public sealed record PurgeResult(string BatchId, long Files, long Bytes, long Items, string? Refusal);
