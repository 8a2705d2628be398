using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Throttling;

/// <summary>What an outcome tells of its group's limits.</summary>
public static class LimitNewsReader
{
    private const int ServiceUnavailable = 503;

    // The hold after a 429 that names no wait: the call itself waits longer, and the pace is cut besides.
    private static readonly TimeSpan ShortHold = TimeSpan.FromSeconds(1);

    // Of a limit that nothing is known of, its reset is all there is to go by; a longer one comes again with the next answer.
    private static readonly TimeSpan LongHold = TimeSpan.FromMinutes(1);

    private const int LongestName = 64;

    /// <summary>Reads it.</summary>
    /// <param name="group">The limits group.</param>
    /// <param name="limits">What is configured for it: the service may name its limit of images <c>input-images</c>, whatever it counts.</param>
    /// <param name="outcome">The outcome.</param>
    /// <returns>Null when it tells nothing.</returns>
    public static LimitNews? Read(string group, GroupLimits limits, EditOutcome outcome)
    {
        var told = new Dictionary<string, double>(StringComparer.Ordinal);
        var others = new Dictionary<string, ToldLimit>(StringComparer.Ordinal);
        var hold = TimeSpan.Zero;
        ToldHold? said = null;
        foreach (var (suffix, signal) in outcome.Limits?.Dimensions ?? new Dictionary<string, LimitSignal>(StringComparer.Ordinal))
        {
            var name = suffix.ToLowerInvariant().Replace('_', '-');
            if (DimensionOf(name, limits) is not { } dimension)
            {
                if (signal is { Remaining: 0, Reset: { } fresh })
                {
                    hold = Longest(hold, fresh < LongHold ? fresh : LongHold);
                    if (!(said?.Asked > fresh)) said = new ToldHold(fresh, outcome.HttpStatus, $"x-ratelimit-remaining-{name} is 0.");
                }

                if (signal.Limit > 0 && name.Length is > 0 and <= LongestName) others[name] = new ToldLimit(signal.Limit.Value, signal.Remaining is >= 0 ? signal.Remaining : null, signal.Reset);
                continue;
            }

            if (signal.Limit is not > 0) continue;
            told[dimension] = Math.Min(signal.Limit.Value, told.GetValueOrDefault(dimension, double.PositiveInfinity));
            // Nothing is left, although we kept the pace: somebody else uses the account, too. The next unit comes after a unit's time.
            if (signal is { Remaining: 0, Reset: { } reset } && TimeSpan.FromMinutes(1.0 / signal.Limit.Value) is var unit && unit > ShortHold)
                hold = Longest(hold, reset < unit ? reset : unit);
        }

        var kind = KindOf(outcome);
        if (kind != LimitNewsKind.Answered)
        {
            var asked = WaitOf(outcome);
            hold = asked is { } wait ? Running.Backoff.Bounded(wait) : kind == LimitNewsKind.Slowed ? TimeSpan.Zero : ShortHold;
            said = asked is null ? null : new ToldHold(asked.Value, outcome.HttpStatus, outcome.ErrorOrNull?.Message ?? "");
        }

        if (kind == LimitNewsKind.Answered && told.Count == 0 && others.Count == 0 && hold == TimeSpan.Zero) return null;
        return new LimitNews(group, kind, told, hold) { Others = others, Told = said };
    }

    // A project's or an organization's share is a limit like any other: the lowest that is told counts.
    private static string? DimensionOf(string name, GroupLimits limits) => Bare(name) switch
    {
        "requests" => LimitDimension.Requests,
        "images" or "output-images" => LimitDimension.Images,
        "input-images" => limits.InputImagesPerMinute is null ? LimitDimension.Images : LimitDimension.InputImages,
        "tokens" or "total-tokens" => LimitDimension.Tokens,
        _ => null,
    };

    private static string Bare(string name) =>
        name.StartsWith("project-", StringComparison.Ordinal) || name.StartsWith("organization-", StringComparison.Ordinal) ? name[(name.IndexOf('-', StringComparison.Ordinal) + 1)..] : name;

    private static TimeSpan Longest(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static LimitNewsKind KindOf(EditOutcome outcome) => outcome switch
    {
        EditOutcome.Throttled { HttpStatus: ServiceUnavailable } => LimitNewsKind.Slowed,
        EditOutcome.Throttled { Error.Code: "slow_down" } => LimitNewsKind.Slowed,
        EditOutcome.Throttled => LimitNewsKind.Throttled,
        EditOutcome.ServerFailed { HttpStatus: ServiceUnavailable } or EditOutcome.Unknown { HttpStatus: ServiceUnavailable } => LimitNewsKind.Slowed,
        _ => LimitNewsKind.Answered,
    };

    private static TimeSpan? WaitOf(EditOutcome outcome) => outcome switch
    {
        EditOutcome.Throttled o => o.RetryAfter,
        EditOutcome.ServerFailed o => o.RetryAfter,
        EditOutcome.Unknown o => o.RetryAfter,
        _ => null,
    };
}
