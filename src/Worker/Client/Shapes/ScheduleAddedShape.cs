namespace Darkroom.Worker.Client.Shapes;

/// <summary>A schedule that was added.</summary>
/// <param name="Schedule">The schedule.</param>
/// <param name="Warnings">What its runs should be warned of; and when the manifest couldn't be looked at.</param>
public sealed record ScheduleAddedShape(ScheduleShape Schedule, IReadOnlyList<string> Warnings);
