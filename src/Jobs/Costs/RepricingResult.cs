namespace Darkroom.Jobs.Costs;

/// <summary>What repricing did, or would do.</summary>
/// <param name="Rows">Rows looked at.</param>
/// <param name="Changed">Rows whose cost or tokens are others now.</param>
/// <param name="Before">USD of all rows before, those without a price left out.</param>
/// <param name="After">USD of all rows after, those without a price left out.</param>
/// <param name="PriceBook">The version that prices now.</param>
public sealed record RepricingResult(long Rows, long Changed, decimal Before, decimal After, string PriceBook)
{
    /// <summary>Rows whose cost wasn't known before: they are in no sum.</summary>
    public long UnpricedBefore { get; init; }

    /// <summary>Rows whose cost isn't known after.</summary>
    public long UnpricedAfter { get; init; }
}
