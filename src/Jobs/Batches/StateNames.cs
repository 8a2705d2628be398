using System.Collections.Frozen;

namespace Darkroom.Jobs.Batches;

/// <summary>The stored and printed names of the states: an API, pinned by tests.</summary>
public static class StateNames
{
    private static readonly FrozenDictionary<BatchState, string> Batches = new Dictionary<BatchState, string>
    {
        [BatchState.Importing] = "importing",
        [BatchState.AwaitingApproval] = "awaiting_approval",
        [BatchState.Queued] = "queued",
        [BatchState.Running] = "running",
        [BatchState.Paused] = "paused",
        [BatchState.Halted] = "halted",
        [BatchState.Completed] = "completed",
        [BatchState.CompletedWithErrors] = "completed_with_errors",
        [BatchState.Canceled] = "canceled",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<ItemState, string> Items = Enum.GetValues<ItemState>()
        .ToFrozenDictionary(state => state, state => state.ToString().ToLowerInvariant());

    private static readonly FrozenDictionary<string, BatchState> BatchesByName = Batches.ToFrozenDictionary(p => p.Value, p => p.Key, StringComparer.Ordinal);
    private static readonly FrozenDictionary<string, ItemState> ItemsByName = Items.ToFrozenDictionary(p => p.Value, p => p.Key, StringComparer.Ordinal);

    /// <summary>The stored name of a batch state.</summary>
    public static string ToName(this BatchState state) => Batches[state];

    /// <summary>The stored name of an item state.</summary>
    public static string ToName(this ItemState state) => Items[state];

    /// <summary>Reads a batch state's stored name.</summary>
    /// <exception cref="FormatException">The name is none of ours.</exception>
    public static BatchState ParseBatchState(string name) =>
        BatchesByName.TryGetValue(name, out var state) ? state : throw new FormatException($"'{name}' is not a batch state.");

    /// <summary>Reads an item state's stored name.</summary>
    /// <exception cref="FormatException">The name is none of ours.</exception>
    public static ItemState ParseItemState(string name) =>
        ItemsByName.TryGetValue(name, out var state) ? state : throw new FormatException($"'{name}' is not an item state; states: {string.Join(", ", Items.Values)}.");

    /// <summary>Whether a batch will never run again by itself or by <c>resume</c>.</summary>
    public static bool IsFinal(this BatchState state) => state is BatchState.Completed or BatchState.CompletedWithErrors or BatchState.Canceled;

    /// <summary>Whether workers are to work on a batch: it is queued or running.</summary>
    public static bool IsOpen(this BatchState state) => state is BatchState.Queued or BatchState.Running;

    /// <summary>Whether an item has ended.</summary>
    public static bool IsFinal(this ItemState state) => state is not (ItemState.Pending or ItemState.Sending);
}
