namespace Darkroom.Worker.Client.Shapes;

/// <summary>A schedule, as <c>darkroom schedule list --json</c> prints it.</summary>
/// <param name="Schedule">Its name.</param>
/// <param name="Cron">When it fires.</param>
/// <param name="TimeZone">On whose clock.</param>
/// <param name="Manifest">What it submits; an address without what signs it.</param>
/// <param name="Overlap">skip or queue.</param>
/// <param name="Deadline">When each run should be done, as it was said.</param>
/// <param name="Paused">Whether nothing fires.</param>
/// <param name="Next">The next runs; none while it is paused.</param>
/// <param name="Last">The newest run, or null.</param>
public sealed record ScheduleShape(
    string Schedule, string Cron, string TimeZone, string Manifest, string Overlap, string? Deadline, bool Paused, IReadOnlyList<OccurrenceShape> Next, ScheduleRunShape? Last);
