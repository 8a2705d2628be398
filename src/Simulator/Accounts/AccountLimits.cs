using System.Globalization;
using Darkroom.Simulator.Http;
using Microsoft.AspNetCore.Http;

namespace Darkroom.Simulator.Accounts;

/// <summary>All limits of the account: a call is let in by all of them or by none. Safe for threads.</summary>
internal sealed class AccountLimits
{
    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly WindowLimit? images;
    private readonly WindowLimit? requests;
    private readonly int? maxInFlight;
    private int inFlight;

    /// <summary>Each limit may be null, which is none; see <see cref="SimulatorOptions"/>.</summary>
    public AccountLimits(int? imagesPerMinute, int? requestsPerMinute, int? maxInFlight, TimeSpan window, bool slices, TimeProvider time)
    {
        this.time = time;
        this.maxInFlight = maxInFlight;
        // The service calls an image limit "input-images", whatever it counts.
        images = imagesPerMinute is { } i ? new("input-images", i, window, slices) : null;
        requests = requestsPerMinute is { } r ? new("requests", r, window, slices) : null;
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

/// <summary>Why a call was not let in.</summary>
/// <param name="Dimension">What ran out: <c>input-images</c>, <c>requests</c>, or <c>in-flight</c>.</param>
/// <param name="Limit">Units per minute, or calls at the same time.</param>
/// <param name="Used">Units used of it.</param>
/// <param name="Requested">Units that this call wanted.</param>
/// <param name="Wait">When it would fit; null when it never will, however long one waits.</param>
internal sealed record LimitRefusal(string Dimension, long Limit, long Used, long Requested, TimeSpan? Wait);

/// <summary>The 429 answers of the limits, in the service's own words.</summary>
internal static class LimitErrors
{
    /// <summary>What the service's own account would be called.</summary>
    public const string Organization = "org-simulator";

    /// <summary>The refusal as an answer.</summary>
    public static ServiceError Of(LimitRefusal refusal, string model)
    {
        if (refusal.Dimension == "in-flight")
        {
            return new(429, "requests", "slow_down", $"Already {refusal.Used} edits at work of {refusal.Limit}; slow down and try again.", RetryAfter: refusal.Wait);
        }

        var scope = $"for {model} (for limit gpt-image) in organization {Organization} on {refusal.Dimension} per min";
        var type = refusal.Dimension;
        return refusal.Wait is { } wait
            ? new(
                429, type, "rate_limit_exceeded",
                $"Rate limit reached {scope}: Limit {refusal.Limit}, Used {refusal.Used}, Requested {refusal.Requested}. Please try again in {Durations.Format(wait)}.",
                RetryAfter: wait)
            : new(429, type, "rate_limit_exceeded", $"Request too large {scope}: Limit {refusal.Limit}, Requested {refusal.Requested}.");
    }
}

/// <summary>Waits as the service writes them: <c>350ms</c>, <c>12s</c>, <c>1.5s</c>.</summary>
internal static class Durations
{
    /// <summary>Formats a wait, rounded up to the millisecond.</summary>
    public static string Format(TimeSpan wait)
    {
        var milliseconds = Math.Max(0, (long)Math.Ceiling(wait.TotalMilliseconds));
        return milliseconds < 1000
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms")
            : string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000.0:0.###}s");
    }
}
