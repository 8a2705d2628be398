namespace Darkroom.Jobs.Costs;

/// <summary>A ledger row priced anew.</summary>
/// <param name="LedgerId">The row.</param>
/// <param name="Before">USD until now, or null.</param>
/// <param name="After">What it stores from now on.</param>
public sealed record PriceChange(long LedgerId, decimal? Before, PricedUsage After);
