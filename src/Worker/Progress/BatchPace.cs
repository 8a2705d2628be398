using Darkroom.Jobs.Batches;

namespace Darkroom.Worker.Progress;

/// <summary>How fast a batch goes, from looks at its counts: the last minute, or since the first look.</summary>
public sealed class BatchPace(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Queue<(long At, long Ended)> _looks = new();

    /// <summary>Items ended a minute, or null before there is anything to go by.</summary>
    public double? PerMinute { get; private set; }

    /// <summary>The pace that there was last, whatever stands still since; or null.</summary>
    public double? Last { get; private set; }

    /// <summary>Takes a look into account.</summary>
    /// <returns>The time left at this pace, or null when it can't be told.</returns>
    public TimeSpan? Add(ItemCounts counts)
    {
        var now = time.GetTimestamp();
        _looks.Enqueue((now, counts.Ended));
        while (_looks.Count > 2 && time.GetElapsedTime(_looks.Peek().At, now) > Window) _looks.Dequeue();
        var (at, ended) = _looks.Peek();
        var minutes = time.GetElapsedTime(at, now).TotalMinutes;
        PerMinute = minutes > 0 && counts.Ended > ended ? (counts.Ended - ended) / minutes : null;
        Last = PerMinute ?? Last;
        return PerMinute is { } pace ? TimeSpan.FromMinutes((counts.Total - counts.Ended) / pace) : null;
    }
}
