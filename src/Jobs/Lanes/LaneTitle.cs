using System.Globalization;
using Darkroom.Jobs.Batches;

namespace Darkroom.Jobs.Lanes;

/// <summary>What a lane is about.</summary>
/// <param name="LaneId">Its row.</param>
/// <param name="BatchId">Its batch.</param>
/// <param name="BatchName">The batch's name.</param>
/// <param name="BatchState">The batch's state.</param>
/// <param name="Items">Items of the batch.</param>
/// <param name="Ended">How many of them have ended; null for a lane that has ended itself.</param>
public sealed record LaneTitle(long LaneId, string BatchId, string BatchName, BatchState BatchState, long Items, long? Ended)
{
    /// <summary>For people: <c>mugs.jsonl (20261122-k7f3q9): 340 of 1,000 items, 34 %</c>.</summary>
    public override string ToString()
    {
        var name = $"{BatchName} ({BatchId})";
        if (Ended is not { } ended) return $"{name}: the batch is {BatchState.ToName().Replace('_', ' ')}";
        var percent = Items == 0 ? 100 : ended * 100 / Items;
        return string.Create(CultureInfo.InvariantCulture, $"{name}: {ended:N0} of {Items:N0} items, {percent} %");
    }
}
