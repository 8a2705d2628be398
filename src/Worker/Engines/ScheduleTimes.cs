using Darkroom.Jobs.Lanes;
using Darkroom.Jobs.Schedules;

namespace Darkroom.Worker.Engines;

/// <summary>
/// When schedules occur. Cron is matched against the wall clock alone, and each match is one instant: a time that the change of the clocks leaves out occurs at the
/// end of the gap, one that it repeats occurs the first time. A schedule of every hour or less goes by elapsed time instead, and knows neither gap nor repetition.
/// </summary>
internal sealed class ScheduleTimes : IScheduleTimes
{
    public DateTimeOffset? NextAfter(EngineSchedule schedule, DateTimeOffset after)
    {
        var rule = ScheduleRule.Parse(schedule, after);
        if (rule.IsHourly) return NextHourly(rule, after);
        var cron = rule.Cron.WithTimeZone(TimeZoneInfo.Utc);
        for (var wall = new DateTimeOffset(WallClock.At(after, rule.TimeZone), TimeSpan.Zero); cron.GetNextValidTimeAfter(wall) is { } next; wall = next)
        {
            // What the clock showed an hour ago in the night in which it is set back is behind us.
            var instant = WallClock.ToInstant(next.DateTime, rule.TimeZone);
            if (instant > after) return instant;
        }

        return null;
    }

    // Minutes are the same in every offset of whole hours; where a zone has others, its own clock decides for as long as the offset holds.
    private static DateTimeOffset? NextHourly(ScheduleRule rule, DateTimeOffset after)
    {
        var cron = rule.Cron.WithTimeZone(TimeZoneInfo.Utc);
        var offset = rule.TimeZone.GetUtcOffset(after);
        if (cron.GetNextValidTimeAfter(new DateTimeOffset(after.ToOffset(offset).DateTime, TimeSpan.Zero)) is not { } wall) return null;
        var instant = new DateTimeOffset(wall.DateTime, offset);
        if (rule.TimeZone.GetUtcOffset(instant) == offset) return instant;
        // The clock changes before: go on from the last minute before that.
        var change = after;
        for (var step = TimeSpan.FromHours(12); step >= TimeSpan.FromMinutes(1); step /= 2)
            while (change + step < instant && rule.TimeZone.GetUtcOffset(change + step) == offset) change += step;
        change += TimeSpan.FromMinutes(1);
        var then = rule.TimeZone.GetUtcOffset(change);
        // One tick back, so that an occurrence at the change itself counts.
        var from = new DateTimeOffset(new DateTime(change.ToOffset(then).Ticks - (change.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Unspecified), TimeSpan.Zero) - TimeSpan.FromSeconds(1);
        return cron.GetNextValidTimeAfter(from) is { } later ? new DateTimeOffset(later.DateTime, then) : null;
    }
}
