namespace Darkroom.Jobs.Throttling;

/// <summary>One dimension of one limits group as all processes see it now.</summary>
/// <param name="Group">The limits group, or <c>batch:ID</c> for a batch's own caps.</param>
/// <param name="Dimension">One of <see cref="LimitDimension"/>, or the service's own name of another limit.</param>
/// <param name="ConfiguredPerMinute">The limit that the process which reserved last was configured with, or null.</param>
/// <param name="LearnedPerMinute">The limit that the service told or was found to bear, grown since as far as it has, or null.</param>
/// <param name="LearnedFrom"><c>told</c>, <c>found</c>, <c>rising</c>, or null.</param>
/// <param name="LearnedAgo">How long ago it was learned, or null.</param>
/// <param name="UsedLastMinute">Units of the calls started, or about to start, in the last minute.</param>
/// <param name="NextIn">Time until the next unit is free; zero when one is.</param>
/// <param name="Share">The part of the pace that a slow-down has left, above 0 up to 1.</param>
/// <param name="ThrottledLastMinute">Refusals of the group in the last minute.</param>
/// <param name="InFlight">Calls of the group that hold a place in flight; counted only where they are limited.</param>
public sealed record LimitState(
    string Group, string Dimension, double? ConfiguredPerMinute, double? LearnedPerMinute, string? LearnedFrom, TimeSpan? LearnedAgo,
    double UsedLastMinute, TimeSpan NextIn, double Share, double ThrottledLastMinute, long InFlight)
{
    /// <summary>The endpoint that it was counted and learned at; null for a batch's own caps.</summary>
    public string? Endpoint { get; init; }

    /// <summary><see cref="LimitScope.KeyName"/> of the key it was learned with; null for a batch's own caps.</summary>
    public string? KeyName { get; init; }

    /// <summary>Whether calls of this process go by it: another endpoint's limits are shown, and hold nothing here.</summary>
    public bool IsOurs { get; init; } = true;
}
