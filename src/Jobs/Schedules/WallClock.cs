namespace Darkroom.Jobs.Schedules;

/// <summary>Wall-clock times as instants: each once, also in the nights in which the clocks change.</summary>
public static class WallClock
{
    /// <summary>The instant of a wall-clock time: of one that is repeated the first, of one that is left out the end of the gap.</summary>
    /// <param name="wall">The time; its kind doesn't count.</param>
    /// <param name="zone">Where the clock hangs.</param>
    public static DateTimeOffset ToInstant(DateTime wall, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        wall = DateTime.SpecifyKind(wall, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(wall))
        {
            // Clocks change at whole minutes.
            wall = new DateTime(wall.Ticks - (wall.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Unspecified);
            while (zone.IsInvalidTime(wall)) wall = wall.AddMinutes(1);
        }

        // The larger offset is the earlier instant.
        var offset = zone.IsAmbiguousTime(wall) ? zone.GetAmbiguousTimeOffsets(wall).Max() : zone.GetUtcOffset(wall);
        return new DateTimeOffset(wall, offset);
    }

    /// <summary>What the clock shows at an instant.</summary>
    public static DateTime At(DateTimeOffset instant, TimeZoneInfo zone) => DateTime.SpecifyKind(TimeZoneInfo.ConvertTime(instant, zone).DateTime, DateTimeKind.Unspecified);
}
