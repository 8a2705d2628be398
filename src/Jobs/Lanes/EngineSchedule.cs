namespace Darkroom.Jobs.Lanes;

/// <summary>A recurring schedule as an engine holds it.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Cron">Five fields (minute hour day month weekday); six with leading seconds are accepted.</param>
/// <param name="TimeZone">IANA name; occurrences are wall-clock times there.</param>
public sealed record EngineSchedule(string Name, string Cron, string TimeZone);
