namespace Darkroom.Simulator.Limits;

/// <summary>A limit in a sliding window: at no time have more units been let in during the window just past. Not safe for threads by itself.</summary>
/// <param name="dimension">The name that the service gives the limit.</param>
/// <param name="perMinute">Units a minute.</param>
/// <param name="window">The window's length; the units a window are the minute's share, rounded down.</param>
internal sealed class SlidingWindow(string dimension, int perMinute, TimeSpan window)
{
    private readonly Queue<(DateTimeOffset At, int Units)> taken = new();
    private readonly long capacity = (long)(perMinute * window.TotalMinutes);
    private long used;

    /// <summary>The name of the limit.</summary>
    public string Dimension => dimension;

    /// <summary>Units a minute.</summary>
    public int PerMinute => perMinute;

    /// <summary>Units that would be let in at this moment.</summary>
    public long Remaining(DateTimeOffset now)
    {
        Forget(now);
        return capacity - used;
    }

    /// <summary>Until the window is empty again.</summary>
    public TimeSpan Reset(DateTimeOffset now) => taken.Count == 0 ? TimeSpan.Zero : taken.Last().At + window - now;

    /// <summary>Why these units don't fit now; null when they do. Takes nothing.</summary>
    public LimitRefusal? Check(DateTimeOffset now, int units)
    {
        Forget(now);
        if (used + units <= capacity)
        {
            return null;
        }

        // Told in units a minute, whatever the slice, as the service does.
        var usedPerMinute = Math.Min(perMinute, (long)Math.Round(used / window.TotalMinutes));
        return new(dimension, perMinute, usedPerMinute, units, units > capacity ? null : WaitFor(now, units));
    }

    /// <summary>Takes units that fit.</summary>
    public void Take(DateTimeOffset now, int units)
    {
        taken.Enqueue((now, units));
        used += units;
    }

    private TimeSpan WaitFor(DateTimeOffset now, int units)
    {
        var left = used;
        foreach (var (at, count) in taken)
        {
            left -= count;
            if (left + units <= capacity)
            {
                return at + window - now;
            }
        }

        return window;
    }

    private void Forget(DateTimeOffset now)
    {
        while (taken.TryPeek(out var oldest) && oldest.At + window <= now)
        {
            used -= taken.Dequeue().Units;
        }
    }
}
