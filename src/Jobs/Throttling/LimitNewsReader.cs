using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Throttling;

/// <summary>What an outcome tells of its group's limits.</summary>
public static class LimitNewsReader
{
    private const int ServiceUnavailable = 503;

    // The hold after a 429 that names no wait: the call itself waits longer, and the pace is cut besides.
    private static readonly TimeSpan ShortHold = TimeSpan.FromSeconds(1);

    /// <summary>Reads it.</summary>
    /// <param name="group">The limits group.</param>
    /// <param name="limits">What is configured for it: the service may name its limit of images <c>input-images</c>, whatever it counts.</param>
    /// <param name="outcome">The outcome.</param>
    /// <returns>Null when it tells nothing.</returns>
    public static LimitNews? Read(string group, GroupLimits limits, EditOutcome outcome)
    {
        var told = new Dictionary<string, double>(StringComparer.Ordinal);
        var hold = TimeSpan.Zero;
        foreach (var (suffix, signal) in outcome.Limits?.Dimensions ?? new Dictionary<string, LimitSignal>(StringComparer.Ordinal))
        {
            if (signal.Limit is not > 0 || DimensionOf(suffix, limits) is not { } dimension) continue;
            told[dimension] = signal.Limit.Value;
            // Nothing is left, although we kept the pace: somebody else uses the account, too. The next unit comes after a unit's time.
            if (signal is { Remaining: 0, Reset: { } reset } && TimeSpan.FromMinutes(1.0 / signal.Limit.Value) is var unit && unit > ShortHold)
                hold = reset < unit ? reset : unit;
        }

        var kind = KindOf(outcome);
        if (kind != LimitNewsKind.Answered) hold = WaitOf(outcome) ?? (kind == LimitNewsKind.Slowed ? TimeSpan.Zero : ShortHold);
        return kind == LimitNewsKind.Answered && told.Count == 0 ? null : new LimitNews(group, kind, told, hold);
    }

    private static string? DimensionOf(string suffix, GroupLimits limits) => suffix.ToLowerInvariant().Replace('_', '-') switch
    {
        "requests" => LimitDimension.Requests,
        "images" or "output-images" => LimitDimension.Images,
        "input-images" => limits.InputImagesPerMinute is null ? LimitDimension.Images : LimitDimension.InputImages,
        "tokens" or "total-tokens" => LimitDimension.Tokens,
        _ => null,
    };

    private static LimitNewsKind KindOf(EditOutcome outcome) => outcome switch
    {
        EditOutcome.Throttled { HttpStatus: ServiceUnavailable } => LimitNewsKind.Slowed,
        EditOutcome.Throttled { Error.Code: "slow_down" } => LimitNewsKind.Slowed,
        EditOutcome.Throttled => LimitNewsKind.Throttled,
        EditOutcome.ServerFailed { HttpStatus: ServiceUnavailable } => LimitNewsKind.Slowed,
        _ => LimitNewsKind.Answered,
    };

    private static TimeSpan? WaitOf(EditOutcome outcome) => outcome switch
    {
        EditOutcome.Throttled o => o.RetryAfter is { } wait ? Backoff(wait) : null,
        EditOutcome.ServerFailed o => o.RetryAfter is { } wait ? Backoff(wait) : null,
        _ => null,
    };

    private static TimeSpan Backoff(TimeSpan wait) => Running.Backoff.Bounded(wait);
}
