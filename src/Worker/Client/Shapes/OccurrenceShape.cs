namespace Darkroom.Worker.Client.Shapes;

/// <summary>A time at which a schedule fires.</summary>
/// <param name="Local">On the schedule's own clock, with its offset.</param>
/// <param name="Utc">The same in UTC.</param>
public sealed record OccurrenceShape(string Local, DateTimeOffset Utc);
