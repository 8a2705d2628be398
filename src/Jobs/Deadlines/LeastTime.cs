using Darkroom.Jobs.Models;
using Darkroom.Jobs.Throttling;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Deadlines;

/// <summary>How long calls take at least at the limits that are kept here. Other batches beside it, tokens and refusals only make it longer.</summary>
public sealed class LeastTime(ModelBook book, IOptions<LimitsOptions> limits)
{
    /// <summary>The time; null when nothing limits the calls.</summary>
    /// <param name="open">What has still to begin.</param>
    /// <param name="maxImagesPerMinute">The batch's own cap, or null.</param>
    public TimeSpan? Of(IReadOnlyCollection<OpenCalls> open, double? maxImagesPerMinute)
    {
        ArgumentNullException.ThrowIfNull(open);
        double least = 0;
        // Groups run side by side; a group's models share its limits.
        foreach (var group in open.GroupBy(calls => book.Find(calls.Model).LimitsGroup, StringComparer.Ordinal))
        {
            var kept = limits.Value.For(group.Key);
            least = Math.Max(least, Minutes(group.Sum(calls => calls.Calls), kept.RequestsPerMinute));
            least = Math.Max(least, Minutes(group.Sum(calls => calls.Images), kept.ImagesPerMinute));
        }

        least = Math.Max(least, Minutes(open.Sum(calls => calls.Images), maxImagesPerMinute));
        return least > 0 ? TimeSpan.FromMinutes(Math.Min(least, TimeSpan.FromDays(20_000).TotalMinutes)) : null;
    }

    // The first one needs no waiting.
    private static double Minutes(long units, double? perMinute) => perMinute is > 0 and { } limit && units > 1 ? (units - 1) / limit : 0;
}
