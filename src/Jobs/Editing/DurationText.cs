using System.Globalization;
using System.Text.RegularExpressions;

namespace Darkroom.Jobs.Editing;

/// <summary>Reads lengths of time as the service writes them: <c>12s</c>, <c>350ms</c>, <c>1m2.5s</c>, or a bare number of seconds.</summary>
internal static partial class DurationText
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
