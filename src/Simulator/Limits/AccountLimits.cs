using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Darkroom.Simulator.Limits;

/// <summary>All limits of the account, taken together or not at all. Safe for threads.</summary>
internal sealed class AccountLimits
{
    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly WindowLimit? images;
    private readonly WindowLimit? requests;
    private readonly int? maxInFlight;
    private int inFlight;

    /// <summary>The limits of these options.</summary>
    public AccountLimits(SimulatorOptions options)
    {
        time = options.TimeProvider;
        maxInFlight = options.MaxInFlight;
        // The service calls an image limit "input-images", whatever it counts.
        images = options.ImagesPerMinute is { } i ? new("input-images", i, options.LimitWindow, options.LimitSlices) : null;
        requests = options.RequestsPerMinute is { } r ? new("requests", r, options.LimitWindow, options.LimitSlices) : null;
    }

    /// <summary>Lets an edit call in, until <see cref="Leave"/>.</summary>
    /// <param name="count">Its n.</param>
    /// <returns>Null when it was let in.</returns>
    public LimitRefusal? Enter(int count, out DateTimeOffset at)
    {
        lock (gate)
        {
            at = time.GetUtcNow();
            if (inFlight >= maxInFlight)
            {
                return new("in-flight", maxInFlight.Value, inFlight, 1, TimeSpan.FromSeconds(1));
            }

            if ((images?.Check(at, count) ?? requests?.Check(at, 1)) is { } refusal)
            {
                return refusal;
            }

            images?.Take(at, count);
            requests?.Take(at, 1);
            inFlight++;
            return null;
        }
    }

    /// <summary>Ends a call that was let in.</summary>
    public void Leave()
    {
        lock (gate)
        {
            inFlight--;
        }
    }

    /// <summary>Sets <c>x-ratelimit-{limit,remaining,reset}-*</c>.</summary>
    public void WriteHeaders(IHeaderDictionary headers)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (var window in new[] { images, requests })
            {
                if (window is not null)
                {
                    headers[$"x-ratelimit-limit-{window.Dimension}"] = window.PerMinute.ToString(CultureInfo.InvariantCulture);
                    headers[$"x-ratelimit-remaining-{window.Dimension}"] = window.Remaining(now).ToString(CultureInfo.InvariantCulture);
                    headers[$"x-ratelimit-reset-{window.Dimension}"] = Durations.Format(window.Reset(now));
                }
            }
        }
    }
}
