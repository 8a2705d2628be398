using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Estimates;

/// <summary>
/// How long calls take at the configured limits, less the margin that is left unused. Every limit a minute is a pace, and the slowest pace decides; so many calls in flight at once are another;
/// limits groups run side by side. What a call takes by itself isn't known before the first one, so the least that is published is taken: the result is rather
/// a bound from below.
/// </summary>
public static class DurationRule
{
    /// <summary>The stored name of the bound that places in flight set: an API.</summary>
    public const string InFlight = "in_flight";

    /// <summary>The least that a call is known to take at high quality (docs/endpoint.md, Requests: 15 to 280 s).</summary>
    public static readonly TimeSpan CallTime = TimeSpan.FromSeconds(15);

    /// <summary>The time of one limits group's calls.</summary>
    /// <param name="group">Its name.</param>
    /// <param name="sum">Its calls.</param>
    /// <param name="limits">Its limits.</param>
    /// <param name="maxInFlight">Calls that one process has in flight at most.</param>
    public static LimitsEstimate Of(string group, EstimateSum sum, GroupLimits limits, int maxInFlight)
    {
        var (duration, scarcest) = (AtOnce(sum.Items, Math.Min(maxInFlight, limits.MaxInFlight ?? int.MaxValue)), InFlight);
        foreach (var (name, amount, perMinute) in new[]
        {
            (LimitDimension.Images, sum.Images, limits.ImagesPerMinute),
            (LimitDimension.Requests, sum.Items, limits.RequestsPerMinute),
            (LimitDimension.InputImages, sum.InputImages, limits.InputImagesPerMinute),
            (LimitDimension.Tokens, sum.Expected.Total, limits.TokensPerMinute),
        })
        {
            if (perMinute is not { } pace || amount == 0) continue;
            var paced = Bounded((amount / (pace * (1 - limits.Margin)) * 60) + CallTime.TotalSeconds);
            if (paced > duration) (duration, scarcest) = (paced, name);
        }

        return new LimitsEstimate(group, sum, duration, scarcest);
    }

    /// <summary>The time of all groups together: the slowest group's, unless this process's places in flight, or what the batch may take at most, are scarcer.</summary>
    public static TimeSpan Together(IReadOnlyList<LimitsEstimate> groups, int maxInFlight, BatchCaps? caps = null)
    {
        var together = AtOnce(groups.Sum(group => group.Sum.Items), maxInFlight);
        if (caps is not null)
        {
            var capped = Of(BatchCaps.GroupOf(""), groups.Aggregate(default(EstimateSum), (total, group) => total + group.Sum), caps.ToLimits(), maxInFlight).Duration;
            together = capped > together ? capped : together;
        }

        foreach (var group in groups) together = group.Duration > together ? group.Duration : together;
        return together;
    }

    private static TimeSpan AtOnce(long calls, int places) => Bounded(Math.Ceiling((double)calls / places) * CallTime.TotalSeconds);

    // A limit of 0.001 a minute and a million items is beyond what a person plans for, and still no reason to fail.
    private static TimeSpan Bounded(double seconds) => TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(100_000).TotalSeconds));
}
