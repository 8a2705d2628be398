namespace Darkroom.Jobs.Costs;

/// <summary>One group of a cost report.</summary>
/// <param name="Keys">The group's values by <see cref="ReportDimension.Name"/>; null where the ledger has none (no such tag, no user).</param>
/// <param name="Items">Items counted in the group. Groups by day count an item on every day that it was called on.</param>
/// <param name="Tokens">By kind.</param>
/// <param name="CostUsd">Cost of answered calls; where an answer had no usage, its estimate.</param>
/// <param name="UnconfirmedUsd">Worst-case cost of calls whose outcome is unknown, exact; not part of <paramref name="CostUsd"/>.</param>
/// <param name="Unpriced">Ledger rows without a cost: their price is unknown, so the true cost is higher.</param>
public sealed record CostReportRow(
    IReadOnlyDictionary<string, string?> Keys,
    long Items,
    TokenUsage Tokens,
    decimal CostUsd,
    decimal UnconfirmedUsd,
    long Unpriced)
{
    /// <summary>What of <see cref="CostUsd"/> is estimated, since answers had no usable usage.</summary>
    public decimal EstimatedUsd { get; init; }
}
