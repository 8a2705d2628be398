namespace Darkroom.Jobs.Estimates;

/// <summary>The estimate of one model's items.</summary>
/// <param name="Model">As it is sent.</param>
/// <param name="Sum">What they add up to.</param>
public sealed record ModelEstimate(string Model, EstimateSum Sum);
