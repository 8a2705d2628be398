using Darkroom.Jobs.Schedules;

namespace Darkroom.Worker.Cli;

/// <summary>What <c>schedule list</c> says of a schedule.</summary>
/// <param name="Schedule">The schedule.</param>
/// <param name="Last">Its newest run, or null.</param>
/// <param name="Next">Its next occurrences; none while it is paused.</param>
internal sealed record ScheduleLine(Schedule Schedule, ScheduleRun? Last, IReadOnlyList<DateTimeOffset> Next)
{
    private const int NextRuns = 3;

    public static ScheduleLine Of(Schedule schedule, ScheduleRun? last, IScheduleTimes times, DateTimeOffset now)
    {
        var next = new List<DateTimeOffset>();
        for (var at = now; !schedule.IsPaused && next.Count < NextRuns && times.NextAfter(schedule.Engine, at) is { } found; at = found) next.Add(found);
        return new ScheduleLine(schedule, last, next);
    }
}
