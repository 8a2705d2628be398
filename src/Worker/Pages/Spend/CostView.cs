using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Costs;

namespace Darkroom.Worker.Pages.Spend;

/// <summary>What the page of costs shows.</summary>
/// <param name="Query">What is asked.</param>
/// <param name="Days">By day and by the dearest of what is asked.</param>
/// <param name="Groups">By what is asked, the dearest first.</param>
/// <param name="AllGroups">How many there are, with those that aren't shown.</param>
/// <param name="Total">All of it.</param>
/// <param name="Yield">What it has brought.</param>
/// <param name="Budgets">Open batches with budgets.</param>
/// <param name="Reuse">What was shared instead of bought.</param>
public sealed record CostView(
    CostQuery Query, IReadOnlyList<DaySpend> Days, IReadOnlyList<CostReportRow> Groups, long AllGroups, CostReportRow Total, SpendYield Yield, IReadOnlyList<BatchBudget> Budgets,
    ReuseSavings Reuse)
{
    /// <summary>How many of what is asked have a colour of their own.</summary>
    public const int Colours = 8;

    /// <summary>How many are shown.</summary>
    public const int MostGroups = 200;
}
