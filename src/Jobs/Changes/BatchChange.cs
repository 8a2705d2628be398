namespace Darkroom.Jobs.Changes;

/// <summary>A batch that changed: its state, its counts or what it has cost.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="ItemIds">Items whose state changed.</param>
/// <param name="HasMoreItems">Whether others changed too, too many to tell one by one.</param>
public sealed record BatchChange(string BatchId, IReadOnlyList<long> ItemIds, bool HasMoreItems);
