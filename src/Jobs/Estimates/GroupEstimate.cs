namespace Darkroom.Jobs.Estimates;

/// <summary>The estimate of items that are alike.</summary>
/// <param name="Key">What they share.</param>
/// <param name="First">The ordinal of the first of them.</param>
/// <param name="Sum">What they add up to.</param>
public sealed record GroupEstimate(EstimateKey Key, int First, EstimateSum Sum);
