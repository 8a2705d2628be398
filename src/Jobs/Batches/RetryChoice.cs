namespace Darkroom.Jobs.Batches;

/// <summary>Which items of a batch are put back to pending.</summary>
/// <param name="States">In one of these states; failed, held and rejected ones are possible.</param>
public sealed record RetryChoice(IReadOnlyCollection<ItemState> States)
{
    /// <summary>The states that items can be put back from.</summary>
    public static IReadOnlyList<ItemState> Possible { get; } = [ItemState.Failed, ItemState.Held, ItemState.Rejected];

    /// <summary>Of these: for this reason, <c>CLASS/CODE</c>; or null.</summary>
    public string? Reason { get; init; }

    /// <summary>Of these: only those with one of these ids; or null.</summary>
    public IReadOnlyCollection<long>? ItemIds { get; init; }
}
