namespace Darkroom.Jobs.Browsing;

/// <summary>What money has brought.</summary>
/// <param name="Images">Images that came and weren't made again since.</param>
/// <param name="CostUsd">Confirmed cost of all calls.</param>
/// <param name="FruitlessUsd">What of it calls cost that gave no image, or whose images were made again; part of <paramref name="CostUsd"/>.</param>
public sealed record SpendYield(long Images, decimal CostUsd, decimal FruitlessUsd)
{
    /// <summary>All that was spent, by the images that it brought; null when there are none.</summary>
    public decimal? UsdAnImage => Images > 0 ? CostUsd / Images : null;
}
