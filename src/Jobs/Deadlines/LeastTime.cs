using Darkroom.Jobs.Models;
using Darkroom.Jobs.Throttling;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Deadlines;

/// <summary>
/// How long calls take at least at the limits that hold: the configured ones, or lower ones that the service was learned to keep; where learning is on, whatever was
/// learned. Other batches beside it, tokens and refusals only make it longer.
/// </summary>
public sealed class LeastTime(ModelBook book, IOptions<LimitsOptions> limits)
{
    /// <summary>The time; null when nothing limits the calls.</summary>
    /// <param name="open">What has still to begin.</param>
    /// <param name="maxImagesPerMinute">The batch's own cap, or null.</param>
    /// <param name="learned">What was learned of limits, of any group; null for nothing.</param>
    public TimeSpan? Of(IReadOnlyCollection<OpenCalls> open, double? maxImagesPerMinute, IReadOnlyCollection<LearnedLimit>? learned = null)
    {
        ArgumentNullException.ThrowIfNull(open);
        double least = 0;
        // Groups run side by side; a group's models share its limits.
        foreach (var group in open.GroupBy(calls => book.Find(calls.Model).LimitsGroup, StringComparer.Ordinal))
        {
            var kept = limits.Value.For(group.Key);
            least = Math.Max(least, Minutes(group.Sum(calls => calls.Calls), Holding(kept.RequestsPerMinute, LimitDimension.Requests)));
            least = Math.Max(least, Minutes(group.Sum(calls => calls.Images), Holding(kept.ImagesPerMinute, LimitDimension.Images)));

            // As limit_effective in migrations/0003_limits.sql has it.
            double? Holding(double? configured, string dimension) =>
                learned?.FirstOrDefault(limit => limit.Group == group.Key && limit.Dimension == dimension)?.PerMinute is not { } found ? configured
                : kept.Learn || configured is null ? found
                : Math.Min(found, configured.Value);
        }

        least = Math.Max(least, Minutes(open.Sum(calls => calls.Images), maxImagesPerMinute));
        return least > 0 ? TimeSpan.FromMinutes(Math.Min(least, TimeSpan.FromDays(20_000).TotalMinutes)) : null;
    }

    // The first one needs no waiting.
    private static double Minutes(long units, double? perMinute) => perMinute is > 0 and { } limit && units > 1 ? (units - 1) / limit : 0;
}
