using System.Globalization;

namespace Darkroom.Jobs.Editing;

/// <summary>Lengths of time as people read them.</summary>
public static class TimeWords
{
    /// <summary>Rounded up, by its one or two largest units: <c>12 s</c>, <c>7 min</c>, <c>2 h 45 min</c>, <c>3 d 4 h</c>.</summary>
    public static string Of(TimeSpan time)
    {
        var seconds = (long)Math.Ceiling(Math.Max(0, time.TotalSeconds));
        if (seconds < 120) return Text($"{seconds} s");
        var minutes = (seconds + 59) / 60;
        if (minutes < 120) return Text($"{minutes} min");
        if (minutes < 48 * 60) return Text($"{minutes / 60} h") + (minutes % 60 == 0 ? "" : Text($" {minutes % 60} min"));
        var hours = (minutes + 59) / 60;
        return Text($"{hours / 24} d") + (hours % 24 == 0 ? "" : Text($" {hours % 24} h"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
