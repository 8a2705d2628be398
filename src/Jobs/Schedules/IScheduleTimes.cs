using Darkroom.Jobs.Lanes;

namespace Darkroom.Jobs.Schedules;

/// <summary>Says when a schedule occurs, the same for every engine. A wall-clock time that a change of the clocks leaves out or repeats occurs once.</summary>
public interface IScheduleTimes
{
    /// <summary>The first occurrence after an instant, or null when there is none.</summary>
    /// <exception cref="FormatException">The cron expression or the time zone can't be read.</exception>
    DateTimeOffset? NextAfter(EngineSchedule schedule, DateTimeOffset after);
}
