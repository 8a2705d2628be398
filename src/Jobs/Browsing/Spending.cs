namespace Darkroom.Jobs.Browsing;

/// <summary>What is spent and expected over all batches.</summary>
/// <param name="TodayUsd">USD of today (UTC), confirmed.</param>
/// <param name="MonthUsd">USD of this month (UTC), confirmed.</param>
/// <param name="UnconfirmedUsd">USD at worst of this month's calls whose outcome is unknown; in no other number.</param>
/// <param name="Unpriced">This month's billed calls whose price isn't known.</param>
/// <param name="ReservedUsd">USD at worst that calls in flight hold of today's budget; 0 without one.</param>
/// <param name="OpenExpectedUsd">What open batches were estimated at.</param>
/// <param name="OpenCostUsd">What the same have cost so far.</param>
/// <param name="OpenBatches">How many they are.</param>
public sealed record Spending(
    decimal TodayUsd, decimal MonthUsd, decimal UnconfirmedUsd, long Unpriced, decimal ReservedUsd, decimal OpenExpectedUsd, decimal OpenCostUsd, long OpenBatches)
{
    /// <summary>USD of this month that are estimated, since answers had no usable usage.</summary>
    public decimal EstimatedUsd { get; init; }
}
