namespace Darkroom.Jobs.Schedules;

/// <summary>Finds what is due: of all occurrences that were missed only the last one, so that a night without workers is caught up once.</summary>
public static class DueTimes
{
    /// <summary>The last occurrence after <paramref name="armed"/> that isn't after <paramref name="now"/>; or null.</summary>
    /// <param name="nextAfter">The first occurrence after an instant, as <see cref="Recurrence.NextAfter"/> finds it.</param>
    /// <param name="armed">Occurrences up to here are dealt with.</param>
    /// <param name="now">The time.</param>
    public static DateTimeOffset? Last(Func<DateTimeOffset, DateTimeOffset> nextAfter, DateTimeOffset armed, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(nextAfter);
        var first = nextAfter(armed);
        if (first > now) return null;
        // Back from now in growing steps: years of missed minutes aren't counted one by one.
        for (var back = TimeSpan.FromMinutes(1); now - back > armed; back *= 2)
        {
            if (nextAfter(now - back) is var found && found <= now) return LastFrom(nextAfter, found, now);
        }

        return LastFrom(nextAfter, first, now);
    }

    private static DateTimeOffset LastFrom(Func<DateTimeOffset, DateTimeOffset> nextAfter, DateTimeOffset found, DateTimeOffset now)
    {
        while (nextAfter(found) is var next && next <= now) found = next;
        return found;
    }
}
