namespace Darkroom.Simulator.Accounts;

/// <summary>A limit on the units that are let in within a window of time. Not safe for threads by itself.</summary>
/// <param name="dimension">The name that the service gives the limit.</param>
/// <param name="perMinute">Units per minute.</param>
/// <param name="window">The window's length; the units a window are the minute's share, rounded down.</param>
/// <param name="slices">Whether windows follow one another, from the full minute on; else the limit holds in every window, wherever it begins.</param>
internal sealed class WindowLimit(string dimension, int perMinute, TimeSpan window, bool slices)
{
    private readonly Queue<(DateTimeOffset Until, int Units)> taken = new();
    private readonly long capacity = (long)(perMinute * window.TotalMinutes);
    private long used;

    public string Dimension => dimension;

    public int PerMinute => perMinute;

    /// <summary>Units that would be let in at this moment.</summary>
    public long Remaining(DateTimeOffset now)
    {
        Forget(now);
        return capacity - used;
    }

    /// <summary>Until the window is empty again.</summary>
    public TimeSpan Reset(DateTimeOffset now) => taken.Count == 0 ? TimeSpan.Zero : taken.Last().Until - now;

    /// <summary>Why these units don't fit now; null when they do. Takes nothing.</summary>
    public LimitRefusal? Check(DateTimeOffset now, int units)
    {
        Forget(now);
        if (used + units <= capacity)
        {
            return null;
        }

        // In units per minute, whatever the window, as in the service's messages.
        var usedPerMinute = Math.Min(perMinute, (long)Math.Round(used / window.TotalMinutes));
        return new(dimension, perMinute, usedPerMinute, units, units > capacity ? null : WaitFor(now, units));
    }

    /// <summary>Takes units that fit.</summary>
    public void Take(DateTimeOffset now, int units)
    {
        var until = slices ? now.AddTicks(window.Ticks - (now.UtcTicks % TimeSpan.TicksPerMinute % window.Ticks)) : now + window;
        taken.Enqueue((until, units));
        used += units;
    }

    private TimeSpan WaitFor(DateTimeOffset now, int units)
    {
        var left = used;
        foreach (var (until, count) in taken)
        {
            left -= count;
            if (left + units <= capacity)
            {
                return until - now;
            }
        }

        return window;
    }

    private void Forget(DateTimeOffset now)
    {
        while (taken.TryPeek(out var oldest) && oldest.Until <= now)
        {
            used -= taken.Dequeue().Units;
        }
    }
}
