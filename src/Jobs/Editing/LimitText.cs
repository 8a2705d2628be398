using System.Globalization;
using System.Text.RegularExpressions;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// What the text of a 429 says: <c>Rate limit reached for MODEL (for limit gpt-image) in organization … on input-images per min: Limit 5, Used 5,
/// Requested 1. Please try again in 12s.</c> (docs/endpoint.md, Limits). Every part may be missing.
/// </summary>
/// <param name="Dimension">
/// <c>input-images</c>, <c>requests</c> and so on; a limit that is not by the minute has its period behind, such as <c>requests-per-day</c>. Or null.
/// </param>
/// <param name="Signal">The numbers.</param>
/// <param name="Scope">The name behind <c>for limit</c>, or null.</param>
/// <param name="Wait">How long to wait, or null.</param>
internal sealed partial record LimitText(string? Dimension, LimitSignal Signal, string? Scope, TimeSpan? Wait)
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;

    // Messages are a few hundred characters; a long one is somebody's page.
    private const int LongestMessage = 4000;

    /// <summary>Reads a message.</summary>
    public static LimitText Parse(string? message)
    {
        var text = message is null ? "" : message.Length > LongestMessage ? message[..LongestMessage] : message;
        var wait = DurationText.Parse(Value(WaitPattern(), text)?.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant());
        var signal = new LimitSignal(Number(LimitPattern(), text), null, Number(UsedPattern(), text), Number(RequestedPattern(), text), wait);
        return new LimitText(DimensionOf(text), signal, Value(ScopePattern(), text), wait);
    }

    private static string? DimensionOf(string text)
    {
        var match = DimensionPattern().Match(text);
        if (!match.Success) return null;
        var name = match.Groups["v"].Value.Trim().ToLowerInvariant().Replace(' ', '-').Replace('_', '-');
        var period = match.Groups["p"].Value.ToLowerInvariant();
        return period.StartsWith("min", StringComparison.Ordinal) ? name : $"{name}-per-{period}";
    }

    private static string? Value(Regex pattern, string text) => pattern.Match(text) is { Success: true } match ? match.Groups["v"].Value : null;

    private static long? Number(Regex pattern, string text)
    {
        var digits = Value(pattern, text)?.Replace(",", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    [GeneratedRegex(@"\bon (?<v>[a-z][a-z _-]{0,40}?) per (?<p>min|minute|sec|second|hour|day|week|month)\b", Options)]
    private static partial Regex DimensionPattern();

    [GeneratedRegex(@"\bfor limit (?<v>[^\s)]{1,100})", Options)]
    private static partial Regex ScopePattern();

    [GeneratedRegex(@"\blimit:? (?<v>\d{1,3}([,_]\d{3})+|\d+)", Options)]
    private static partial Regex LimitPattern();

    [GeneratedRegex(@"\bused:? (?<v>\d{1,3}([,_]\d{3})+|\d+)", Options)]
    private static partial Regex UsedPattern();

    [GeneratedRegex(@"\brequested:? (?<v>\d{1,3}([,_]\d{3})+|\d+)", Options)]
    private static partial Regex RequestedPattern();

    [GeneratedRegex(@"\b(try again|retry) (in|after) (?<v>(\d{1,12}(\.\d{1,9})? ?(ms|s|m|h|d))+)", Options)]
    private static partial Regex WaitPattern();
}
