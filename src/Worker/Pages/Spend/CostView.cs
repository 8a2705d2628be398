using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Costs;

namespace Darkroom.Worker.Pages.Spend;

/// <summary>What the page of costs shows.</summary>
/// <param name="Query">What is asked.</param>
/// <param name="Split">What a day is split by: what is asked, or models where days are.</param>
/// <param name="Named">The dearest of it over all days; they have a colour each.</param>
/// <param name="AllNamed">How many there are, with those that have none.</param>
/// <param name="Days">By day and by these.</param>
/// <param name="Groups">By what is asked, the dearest first; days are in their order, the latest first.</param>
/// <param name="AllGroups">How many there are, with those that aren't shown.</param>
/// <param name="Total">All of it.</param>
/// <param name="Yield">What it has brought.</param>
/// <param name="Budgets">Budgets of the day, the month and open batches.</param>
/// <param name="Reuse">What was shared instead of bought.</param>
public sealed record CostView(
    CostQuery Query, ReportDimension Split, IReadOnlyList<string?> Named, long AllNamed, IReadOnlyList<DaySpend> Days, IReadOnlyList<CostReportRow> Groups, long AllGroups,
    CostReportRow Total, SpendYield Yield, IReadOnlyList<BudgetStanding> Budgets, ReuseSavings Reuse)
{
    /// <summary>How many of what is asked have a colour of their own.</summary>
    public const int Colours = 8;

    /// <summary>How many are shown.</summary>
    public const int MostGroups = 200;
}
