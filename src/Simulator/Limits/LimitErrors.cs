using Darkroom.Simulator.Answers;

namespace Darkroom.Simulator.Limits;

/// <summary>The 429s of the limits, in the service's form of words (docs/endpoint.md, Limits).</summary>
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
