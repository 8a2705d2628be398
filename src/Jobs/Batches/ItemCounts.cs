namespace Darkroom.Jobs.Batches;

/// <summary>How many items stand where, counted from the rows.</summary>
public sealed record ItemCounts(long Pending, long Sending, long Succeeded, long Reused, long Rejected, long Failed, long Held, long Canceled)
{
    /// <summary>None anywhere.</summary>
    public static readonly ItemCounts Zero = new(0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>All items.</summary>
    public long Total => Pending + Sending + Succeeded + Reused + Rejected + Failed + Held + Canceled;

    /// <summary>Items that have ended.</summary>
    public long Ended => Total - Pending - Sending;

    /// <summary>Items that ended with their images in the store.</summary>
    public long Good => Succeeded + Reused;

    /// <summary>Counts from a table of states.</summary>
    public static ItemCounts From(IReadOnlyDictionary<ItemState, long> counts) => new(
        counts.GetValueOrDefault(ItemState.Pending),
        counts.GetValueOrDefault(ItemState.Sending),
        counts.GetValueOrDefault(ItemState.Succeeded),
        counts.GetValueOrDefault(ItemState.Reused),
        counts.GetValueOrDefault(ItemState.Rejected),
        counts.GetValueOrDefault(ItemState.Failed),
        counts.GetValueOrDefault(ItemState.Held),
        counts.GetValueOrDefault(ItemState.Canceled));
}
