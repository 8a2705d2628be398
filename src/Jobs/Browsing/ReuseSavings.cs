namespace Darkroom.Jobs.Browsing;

/// <summary>What sharing images that were paid for before has saved.</summary>
/// <param name="Items">Items that share another's images, over all batches there are.</param>
/// <param name="Usd">USD that they would have cost at the average of the items that were paid for; null when none was.</param>
public sealed record ReuseSavings(long Items, decimal? Usd);
