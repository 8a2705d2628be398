namespace Darkroom.Jobs.Costs;

/// <summary>A ledger row's new price.</summary>
/// <param name="LedgerId">The row.</param>
/// <param name="Before">USD until now, or null.</param>
/// <param name="After">USD from now on, or null.</param>
public sealed record PriceChange(long LedgerId, decimal? Before, decimal? After);
