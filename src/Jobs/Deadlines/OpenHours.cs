using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Schedules;

namespace Darkroom.Jobs.Deadlines;

/// <summary>
/// Reckons with the hours in which a batch's calls may start, by the clock of their zone, as the database does (migrations/0001_batches.sql): when the clock goes back
/// over a bound, it is passed twice.
/// </summary>
public sealed class OpenHours
{
    // Longer than anybody plans for. What is further off is reckoned on without hours: too early, and far enough.
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(400);

    private readonly BatchHours _hours;
    private readonly TimeZoneInfo _zone;

    private OpenHours(BatchHours hours, TimeZoneInfo zone) => (_hours, _zone) = (hours, zone);

    /// <summary>Of a batch's hours; null without any, or where this machine doesn't know their zone.</summary>
    public static OpenHours? Of(BatchHours? hours) => hours is not null && TimeZoneInfo.TryFindSystemTimeZoneById(hours.Zone, out var zone) ? new OpenHours(hours, zone) : null;

    /// <summary>Whether calls may start at an instant.</summary>
    public bool AreOpen(DateTimeOffset at)
    {
        var clock = TimeOnly.FromDateTime(WallClock.At(at, _zone));
        return _hours.From < _hours.To ? clock >= _hours.From && clock < _hours.To : clock >= _hours.From || clock < _hours.To;
    }

    /// <summary>The instant at which so much time of these hours has passed. Of none at all: the next instant at which they are open.</summary>
    public DateTimeOffset After(DateTimeOffset start, TimeSpan work)
    {
        var at = start;
        while (at - start < Horizon)
        {
            var next = NextChange(at);
            if (AreOpen(at))
            {
                if (next - at >= work) return at + work;
                work -= next - at;
            }

            at = next;
        }

        return at + work;
    }

    /// <summary>How much of the time between two instants lies within these hours.</summary>
    public TimeSpan Between(DateTimeOffset start, DateTimeOffset end)
    {
        var open = TimeSpan.Zero;
        for (var at = start; at < end;)
        {
            var next = NextChange(at);
            if (next > end) next = end;
            if (AreOpen(at)) open += next - at;
            at = next;
        }

        return open;
    }

    private DateTimeOffset NextChange(DateTimeOffset at)
    {
        var day = WallClock.At(at, _zone).Date;
        return Enumerable.Range(-1, 4).Select(days => day.AddDays(days))
            .SelectMany(date => InstantsOf(date + _hours.From.ToTimeSpan()).Concat(InstantsOf(date + _hours.To.ToTimeSpan())))
            .Where(instant => instant > at).Min();
    }

    // Every instant at which the clock comes to show this time, or a time on the other side of it.
    private IEnumerable<DateTimeOffset> InstantsOf(DateTime wall)
    {
        yield return WallClock.ToInstant(wall, _zone);
        if (!_zone.IsAmbiguousTime(wall)) yield break;
        var later = _zone.GetAmbiguousTimeOffsets(wall).Min();
        yield return new DateTimeOffset(wall, later);
        // Where it goes back. Clocks change at whole minutes.
        var back = new DateTime(wall.Ticks - (wall.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Unspecified);
        while (_zone.IsAmbiguousTime(back.AddMinutes(-1))) back = back.AddMinutes(-1);
        yield return new DateTimeOffset(back, later);
    }
}
