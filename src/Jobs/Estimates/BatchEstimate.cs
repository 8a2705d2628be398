namespace Darkroom.Jobs.Estimates;

/// <summary>What a batch was estimated at, and what its calls so far say of it.</summary>
/// <param name="ExpectedUsd">USD likely, as estimated before the first call; null when no price was known.</param>
/// <param name="WorstUsd">USD at worst of the same; null likewise.</param>
/// <param name="UnpricedItems">Items whose price wasn't known: they are in neither.</param>
/// <param name="MeasuredUsd">
/// USD of the whole batch, projected: each kind of call (model, size, quality, n) at the average of those made so far, and at its estimate where none was made.
/// Rounded to 6 decimals. Null before the first call.
/// </param>
/// <param name="MeasuredItems">How many items that goes by.</param>
public sealed record BatchEstimate(decimal? ExpectedUsd, decimal? WorstUsd, long UnpricedItems, decimal? MeasuredUsd, long MeasuredItems)
{
    /// <summary>Adds up what is kept and measured of a batch's kinds of calls.</summary>
    /// <param name="groups">One or more.</param>
    public static BatchEstimate Of(IReadOnlyList<MeasuredGroup> groups)
    {
        var priced = groups.Any(group => group.UnpricedItems < group.Items);
        var measured = groups.Sum(group => group.MeasuredItems);
        var projected = groups.Sum(group => group.MeasuredItems > 0 ? group.MeasuredUsd * group.Items / group.MeasuredItems : group.ExpectedUsd);
        return new BatchEstimate(
            priced ? groups.Sum(group => group.ExpectedUsd) : null,
            priced ? groups.Sum(group => group.WorstUsd) : null,
            groups.Sum(group => group.UnpricedItems),
            measured == 0 ? null : Math.Round(projected, 6),
            measured);
    }
}
