namespace Darkroom.Worker.Client.Shapes;

/// <summary>One dimension of one limits group as all workers see it now; as <c>darkroom limits --json</c> prints it.</summary>
/// <param name="Group">The limits group, or <c>batch:ID</c> for a batch's own caps.</param>
/// <param name="Dimension">What is limited.</param>
/// <param name="ConfiguredPerMinute">The configured limit, or null.</param>
/// <param name="LearnedPerMinute">The limit that was learned, or null.</param>
/// <param name="LearnedFrom">told, found, rising, or null.</param>
/// <param name="LearnedSecondsAgo">When it was learned, or null.</param>
/// <param name="UsedLastMinute">Units of calls in the last minute.</param>
/// <param name="NextInSeconds">Until the next unit is free.</param>
/// <param name="SlowedTo">The part of the pace that a slow-down has left, above 0 up to 1.</param>
/// <param name="ThrottledLastMinute">Refusals in the last minute.</param>
/// <param name="InFlight">Calls that hold a place; counted only where they are limited.</param>
public sealed record LimitStateShape(
    string Group, string Dimension, double? ConfiguredPerMinute, double? LearnedPerMinute, string? LearnedFrom, double? LearnedSecondsAgo, double UsedLastMinute,
    double NextInSeconds, double SlowedTo, double ThrottledLastMinute, long InFlight)
{
    /// <summary>The endpoint that it was counted and learned at; null for a batch's own caps.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The key it belongs to: <c>sha256:</c> and the first digits of the key's hash, <c>entra:ACCOUNT</c> or <c>none</c>; null for a batch's own caps.</summary>
    public string? Key { get; init; }

    /// <summary>Whether this worker's calls go by it: limits of another endpoint or key are shown, and hold nothing here.</summary>
    public bool InForce { get; init; } = true;
}
