using System.Globalization;
using System.Net.Http.Headers;

namespace Darkroom.Jobs.Editing;

/// <summary>Reads limits and waits off an answer's headers and a 429's text. Requires nothing; what makes no sense reads as absent.</summary>
internal sealed class LimitSignalReader(TimeProvider time)
{
    private const string Prefix = "x-ratelimit-";
    private const int MostDimensions = 32;

    /// <summary>Reads what headers and message say; where both speak of a dimension, the header's numbers stand.</summary>
    /// <param name="headers">The answer's headers.</param>
    /// <param name="message">The error message, or null.</param>
    public CallSignals Read(HttpResponseHeaders headers, string? message)
    {
        var dimensions = new Dictionary<string, LimitSignal>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in headers.NonValidated)
        {
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                Take(dimensions, name[Prefix.Length..].ToLowerInvariant(), values.FirstOrDefault());
        }

        var text = LimitText.Parse(message);
        if (text.Dimension is { } told)
        {
            var known = dimensions.GetValueOrDefault(told);
            dimensions[told] = text.Signal with { Limit = known?.Limit ?? text.Signal.Limit, Remaining = known?.Remaining, Reset = known?.Reset ?? text.Wait };
        }

        var limits = dimensions.Count == 0 && text.Scope is null ? null : new LimitSignals(dimensions, text.Scope);
        return new CallSignals(limits, RetryAfter(headers) ?? text.Wait, ShouldRetry(headers));
    }

    private static void Take(Dictionary<string, LimitSignal> dimensions, string rest, string? value)
    {
        var dash = rest.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0 || dash == rest.Length - 1) return;
        var suffix = rest[(dash + 1)..];
        if (dimensions.Count == MostDimensions && !dimensions.ContainsKey(suffix)) return;
        var known = dimensions.GetValueOrDefault(suffix) ?? new LimitSignal(null, null, null, null, null);
        var taken = rest[..dash] switch
        {
            "limit" => known with { Limit = Count(value) },
            "remaining" => known with { Remaining = Count(value) },
            "reset" => known with { Reset = DurationText.Parse(value) },
            _ => known,
        };
        if (taken is not { Limit: null, Remaining: null, Reset: null }) dimensions[suffix] = taken;
    }

    private static long? Count(string? value) =>
        decimal.TryParse(value?.Trim(), NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        && number <= long.MaxValue
            ? (long)number
            : null;

    private TimeSpan? RetryAfter(HttpResponseHeaders headers)
    {
        if (double.TryParse(First(headers, "retry-after-ms"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var milliseconds)
            && DurationText.Seconds(milliseconds / 1000) is { } wait)
            return wait;
        var value = First(headers, "Retry-After");
        if (DurationText.Parse(value) is { } seconds) return seconds;
        if (!DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)) return null;
        var until = date - time.GetUtcNow();
        return until > DurationText.Longest ? null : until > TimeSpan.Zero ? until : TimeSpan.Zero;
    }

    private static bool? ShouldRetry(HttpResponseHeaders headers) => bool.TryParse(First(headers, "x-should-retry"), out var should) ? should : null;

    private static string? First(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
