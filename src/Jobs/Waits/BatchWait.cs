namespace Darkroom.Jobs.Waits;

/// <summary>One thing that a batch waits for.</summary>
/// <param name="Kind">One of <see cref="WaitKinds"/>.</param>
/// <param name="Until">When it ends, or null when nobody knows.</param>
/// <param name="Left">Time until then, as it was when this was read; null with it.</param>
/// <param name="Text">A short sentence for pages and progress, without a full stop.</param>
/// <param name="Why">The reason, in more words.</param>
/// <param name="ToldBy">One of <see cref="WaitTellers"/>.</param>
public sealed record BatchWait(string Kind, DateTimeOffset? Until, TimeSpan? Left, string Text, string Why, string ToldBy)
{
    // Waits that end within so much of each other end together: an item is told to wait some milliseconds after its group.
    private static readonly TimeSpan Together = TimeSpan.FromSeconds(5);

    // The first one tells most, where several end together.
    private static readonly string[] Order =
        [WaitKinds.Queue, WaitKinds.Probe, WaitKinds.Window, WaitKinds.Hold, WaitKinds.Backoff, WaitKinds.Budget, WaitKinds.Limit];

    /// <summary>When it began, where that is known.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether nothing of the batch starts meanwhile; at a limit calls still start, one after the other.</summary>
    public bool Stops => Kind is not WaitKinds.Limit;

    /// <summary>Whether it waits for a worker: then nobody knows when it goes on.</summary>
    public bool IsQueue => Kind is WaitKinds.Queue;

    /// <summary>Of several waits the one that ends last; a wait for a worker ends after any other. Null without any.</summary>
    public static BatchWait? Longest(IReadOnlyCollection<BatchWait> waits)
    {
        ArgumentNullException.ThrowIfNull(waits);
        if (waits.FirstOrDefault(wait => wait.IsQueue) is { } queue) return queue;
        var last = waits.Max(wait => wait.Until);
        return waits.Where(wait => last is null || wait.Until + Together >= last).MinBy(wait => Array.IndexOf(Order, wait.Kind));
    }
}
