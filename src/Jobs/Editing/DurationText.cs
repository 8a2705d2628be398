using System.Globalization;
using System.Text.RegularExpressions;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// Lengths of time as text. Reads them as the service writes them (<c>12s</c>, <c>350ms</c>, <c>1m2.5s</c>, a bare number of seconds); writes them for people,
/// the same in logs, on the command line and on pages.
/// </summary>
public static partial class DurationText
{
    /// <summary>Longest time that is believed. A longer one (some servers put a Unix time here) is no use to anybody.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    /// <summary>The length of time, or null when the text is none.</summary>
    public static TimeSpan? Parse(string? text)
    {
        text = text?.Trim();
        if (string.IsNullOrEmpty(text) || text.Length > 40) return null;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)) return Seconds(seconds);
        var match = Parts().Match(text);
        if (!match.Success) return null;
        double sum = 0;
        for (var i = 0; i < match.Groups["n"].Captures.Count; i++)
        {
            var number = match.Groups["n"].Captures[i].ValueSpan;
            sum += double.Parse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * SecondsOf(match.Groups["u"].Captures[i].ValueSpan);
        }

        return Seconds(sum);
    }

    /// <summary>A number of seconds, or null when it is negative, no number, or more than <see cref="Longest"/>.</summary>
    public static TimeSpan? Seconds(double seconds) => seconds >= 0 && seconds <= Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>For people, by the two largest units: <c>1.5 s</c>, <c>16 s</c>, <c>2 min 5 s</c>, <c>2 h 45 min</c>, <c>3 d 4 h</c>. A time that is over is <c>0 s</c>.</summary>
    public static string Words(TimeSpan time)
    {
        if (time < TimeSpan.Zero) time = TimeSpan.Zero;
        if (time.TotalSeconds < 9.95) return string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");
        // Rounded before the units are chosen: 59.9 s are a minute.
        var seconds = (long)Math.Round(time.TotalSeconds, MidpointRounding.AwayFromZero);
        return seconds switch
        {
            < 60 => Units(seconds, "s", 0, ""),
            < 3600 => Units(seconds / 60, "min", seconds % 60, "s"),
            < 86400 => Units(seconds / 3600, "h", seconds % 3600 / 60, "min"),
            _ => Units(seconds / 86400, "d", seconds % 86400 / 3600, "h"),
        };
    }

    /// <summary>A time that is left, for people: as <see cref="Words"/>, in whole seconds rounded up.</summary>
    public static string Left(TimeSpan time) => Words(TimeSpan.FromSeconds(Math.Ceiling(Math.Min(time.TotalSeconds, 1e11))));

    /// <summary>For people who wait: rounded up, and too coarse to change each second: <c>12 s</c>, <c>7 min</c>, <c>2 h 45 min</c>, <c>3 d 4 h</c>.</summary>
    public static string Coarse(TimeSpan time)
    {
        var seconds = (long)Math.Ceiling(Math.Clamp(time.TotalSeconds, 0, 1e11));
        if (seconds < 120) return Units(seconds, "s", 0, "");
        var minutes = (seconds + 59) / 60;
        if (minutes < 120) return Units(minutes, "min", 0, "");
        if (minutes < 48 * 60) return Units(minutes / 60, "h", minutes % 60, "min");
        var hours = (minutes + 59) / 60;
        return Units(hours / 24, "d", hours % 24, "h");
    }

    private static string Units(long many, string unit, long few, string smaller) =>
        string.Create(CultureInfo.InvariantCulture, $"{many} {unit}{(few == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" {few} {smaller}"))}");

    private static double SecondsOf(ReadOnlySpan<char> unit) => unit switch
    {
        "ms" => 0.001,
        "m" => 60,
        "h" => 3600,
        "d" => 86400,
        _ => 1,
    };

    [GeneratedRegex(@"^(?:(?<n>\d{1,12}(?:\.\d{1,9})?)(?<u>ms|s|m|h|d))+$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Parts();
}
