namespace Darkroom.Jobs.Editing;

/// <summary>What an answer said of when to come again.</summary>
/// <param name="Limits">Limits by dimension, or null when nothing was said.</param>
/// <param name="RetryAfter">How long to wait: <c>retry-after-ms</c>, else <c>Retry-After</c>, else the message's "try again in"; or null.</param>
/// <param name="ShouldRetry"><c>x-should-retry</c>, or null when it is absent or no boolean.</param>
internal sealed record CallSignals(LimitSignals? Limits, TimeSpan? RetryAfter, bool? ShouldRetry)
{
    /// <summary>Nothing said.</summary>
    public static readonly CallSignals None = new(null, null, null);
}
