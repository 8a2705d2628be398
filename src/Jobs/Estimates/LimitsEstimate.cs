namespace Darkroom.Jobs.Estimates;

/// <summary>How long one limits group's calls take.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Sum">Its calls.</param>
/// <param name="Duration">From the first call's start to the last one's end, when nothing is repeated.</param>
/// <param name="Scarcest">What decides it: one of <see cref="Throttling.LimitDimension"/>, or <see cref="DurationRule.InFlight"/>.</param>
public sealed record LimitsEstimate(string Group, EstimateSum Sum, TimeSpan Duration, string Scarcest);
