namespace Darkroom.Jobs.Costs;

/// <summary>Money that a call, or many, will cost.</summary>
/// <param name="Expected">USD likely; null when no price is known.</param>
/// <param name="Worst">USD at worst, what a budget reserves; null when no price is known.</param>
public sealed record CostEstimate(decimal? Expected, decimal? Worst);
