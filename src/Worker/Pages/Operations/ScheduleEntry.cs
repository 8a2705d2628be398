using Darkroom.Jobs.Schedules;

namespace Darkroom.Worker.Pages.Operations;

/// <summary>A schedule on its page.</summary>
/// <param name="Schedule">The schedule.</param>
/// <param name="Next">When it runs next; null when it doesn't.</param>
/// <param name="Runs">Its newest runs.</param>
public sealed record ScheduleEntry(Schedule Schedule, DateTimeOffset? Next, IReadOnlyList<ScheduleRun> Runs);
