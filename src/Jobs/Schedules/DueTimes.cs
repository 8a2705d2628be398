using Darkroom.Jobs.Lanes;

namespace Darkroom.Jobs.Schedules;

/// <summary>Finds what is due: of all occurrences that were missed only the last one, so that a night without workers is caught up once.</summary>
public static class DueTimes
{
    /// <summary>The last occurrence after <paramref name="armed"/> that isn't after <paramref name="now"/>; or null.</summary>
    public static DateTimeOffset? Last(IScheduleTimes times, EngineSchedule schedule, DateTimeOffset armed, DateTimeOffset now)
    {
        if (times.NextAfter(schedule, armed) is not { } first || first > now) return null;
        // Back from now in growing steps: years of missed minutes aren't counted one by one.
        for (var back = TimeSpan.FromMinutes(1); now - back > armed; back *= 2)
        {
            if (times.NextAfter(schedule, now - back) is { } found && found <= now) return LastFrom(times, schedule, found, now);
        }

        return LastFrom(times, schedule, first, now);
    }

    private static DateTimeOffset LastFrom(IScheduleTimes times, EngineSchedule schedule, DateTimeOffset found, DateTimeOffset now)
    {
        while (times.NextAfter(schedule, found) is { } next && next <= now) found = next;
        return found;
    }
}
