namespace Darkroom.Jobs.Browsing;

/// <summary>How a budget stands: an open batch's, or that of all batches together in the day or the month (UTC).</summary>
/// <param name="Scope">What it is of.</param>
/// <param name="BatchId">The batch; null unless it is a batch's.</param>
/// <param name="Name">What people call the batch; null unless it is a batch's.</param>
/// <param name="CapUsd">USD that it may cost.</param>
/// <param name="SpentUsd">USD that count against it, unconfirmed calls at their worst included.</param>
/// <param name="UnconfirmedUsd">USD of them at worst that belong to calls of which nobody knows whether they were billed.</param>
/// <param name="ReservedUsd">USD at worst that its calls in flight hold.</param>
public sealed record BudgetStanding(BudgetScope Scope, string? BatchId, string? Name, decimal CapUsd, decimal SpentUsd, decimal UnconfirmedUsd, decimal ReservedUsd)
{
    /// <summary>USD of what was spent that are estimated, since answers had no usable usage.</summary>
    public decimal EstimatedUsd { get; init; }
}
