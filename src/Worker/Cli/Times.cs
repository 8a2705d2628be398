using System.Globalization;

namespace Darkroom.Worker.Cli;

/// <summary>Times as people type them.</summary>
internal static class Times
{
    /// <summary>Reads <c>500ms</c>, <c>2s</c>, <c>1.5m</c>, <c>3h</c>, <c>7d</c> or <c>00:00:02</c>; a bare number is seconds.</summary>
    /// <returns>Null for null.</returns>
    /// <exception cref="CliException">It is none of these.</exception>
    public static TimeSpan? Parse(string? text, string flag)
    {
        if (text is null) return null;
        if (text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time)) return time;
        var (unit, number) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (0.001, text[..^2]),
            _ when text.EndsWith('s') => (1, text[..^1]),
            _ when text.EndsWith('m') => (60, text[..^1]),
            _ when text.EndsWith('h') => (3600, text[..^1]),
            _ when text.EndsWith('d') => (86400, text[..^1]),
            _ => (1.0, text),
        };
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value * unit <= TimeSpan.MaxValue.TotalSeconds / 2
            ? TimeSpan.FromSeconds(value * unit)
            : throw new CliException($"{flag} takes a time such as 500ms, 2s or 00:00:02, not '{text}'.");
    }
}
