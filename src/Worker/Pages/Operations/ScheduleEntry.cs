using Darkroom.Jobs.Schedules;
using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Pages.Operations;

/// <summary>A schedule on its page.</summary>
/// <param name="Schedule">The schedule.</param>
/// <param name="Next">When it runs next; null when it doesn't.</param>
/// <param name="Runs">Its newest runs, as <c>schedule history</c> tells them, the newest first.</param>
public sealed record ScheduleEntry(Schedule Schedule, DateTimeOffset? Next, IReadOnlyList<ScheduleRunShape> Runs);
