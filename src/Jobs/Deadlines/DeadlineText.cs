using System.Globalization;
using Darkroom.Jobs.Schedules;

namespace Darkroom.Jobs.Deadlines;

/// <summary>A deadline as people say it: a time of day (<c>06:00</c>), a time from the start (<c>8h</c>), or an instant (<c>2026-11-23T06:00:00+01:00</c>).</summary>
public sealed record DeadlineText
{
    private DeadlineText(TimeOnly? timeOfDay, TimeSpan? after, DateTimeOffset? instant) => (TimeOfDay, After, Instant) = (timeOfDay, after, instant);

    /// <summary>The time of day, the next one after the start; or null.</summary>
    public TimeOnly? TimeOfDay { get; }

    /// <summary>The time from the start, or null.</summary>
    public TimeSpan? After { get; }

    /// <summary>The instant, or null. It fits one batch and no schedule.</summary>
    public DateTimeOffset? Instant { get; }

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">It is none of the forms; the message is a sentence without its subject.</exception>
    public static DeadlineText Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (TimeOnly.TryParseExact(text, ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return new(time, null, null);
        if (text.Length is > 1 and < 8 && text[^1] is 'm' or 'h' && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count > 0)
            return new(null, text[^1] is 'h' ? TimeSpan.FromHours(count) : TimeSpan.FromMinutes(count), null);
        // Without an offset nobody knows whose clock is meant.
        if (DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK"], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var instant)
            && (text[^1] is 'Z' || text[^6] is '+' or '-'))
            return new(null, null, instant);
        throw new FormatException($"takes a time of day such as 06:00, a time from now such as 90m or 8h, or an instant such as 2026-11-23T06:00+01:00, not '{text}'");
    }

    /// <summary>The instant that is meant.</summary>
    /// <param name="start">When the work begins.</param>
    /// <param name="zone">Whose clock a time of day is read from.</param>
    public DateTimeOffset At(DateTimeOffset start, TimeZoneInfo zone)
    {
        if (Instant is { } instant) return instant;
        if (After is { } after) return start + after;
        var day = WallClock.At(start, zone).Date;
        var at = WallClock.ToInstant(day + TimeOfDay!.Value.ToTimeSpan(), zone);
        return at > start ? at : WallClock.ToInstant(day.AddDays(1) + TimeOfDay.Value.ToTimeSpan(), zone);
    }
}
