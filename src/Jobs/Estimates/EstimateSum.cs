using Darkroom.Jobs.Costs;

namespace Darkroom.Jobs.Estimates;

/// <summary>What items add up to, before any was sent.</summary>
/// <param name="Items">Items; each is one call when all goes well.</param>
/// <param name="Images">Images asked for: n counts.</param>
/// <param name="InputImages">Images sent along, masks included.</param>
/// <param name="Expected">Tokens likely.</param>
/// <param name="Worst">Tokens at worst, without repeated calls.</param>
/// <param name="ExpectedUsd">USD likely, exact, of the items whose price is known.</param>
/// <param name="WorstUsd">USD at worst of the same.</param>
/// <param name="UnpricedItems">Items whose price isn't known: they are in no sum of USD, so the true cost is higher.</param>
public readonly record struct EstimateSum(
    long Items, long Images, long InputImages, TokenUsage Expected, TokenUsage Worst, decimal ExpectedUsd, decimal WorstUsd, long UnpricedItems)
{
    /// <summary>Whether any item has a known price; without one, the sums of USD say nothing.</summary>
    public bool IsPriced => Items == 0 || UnpricedItems < Items;

    /// <summary>Part by part; nothing is rounded.</summary>
    public static EstimateSum operator +(EstimateSum a, EstimateSum b) => new(
        a.Items + b.Items, a.Images + b.Images, a.InputImages + b.InputImages, a.Expected + b.Expected, a.Worst + b.Worst,
        a.ExpectedUsd + b.ExpectedUsd, a.WorstUsd + b.WorstUsd, a.UnpricedItems + b.UnpricedItems);
}
