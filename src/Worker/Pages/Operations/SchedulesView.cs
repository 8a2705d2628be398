namespace Darkroom.Worker.Pages.Operations;

/// <summary>What the page of schedules shows.</summary>
/// <param name="Schedules">By name.</param>
public sealed record SchedulesView(IReadOnlyList<ScheduleEntry> Schedules);
