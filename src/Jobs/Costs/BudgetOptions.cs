namespace Darkroom.Jobs.Costs;

/// <summary>
/// Section <c>Budgets</c>: USD that all batches together may cost in a day or a month (UTC, by the day on which a call began). A call reserves its worst case
/// before it is sent, so no number of processes overruns a cap; unconfirmed calls count at their worst. All processes on a database should agree.
/// </summary>
public sealed class BudgetOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Budgets";

    /// <summary>USD a day, above zero; no cap unless set.</summary>
    public decimal? DayUsd { get; set; }

    /// <summary>USD a month, above zero; no cap unless set.</summary>
    public decimal? MonthUsd { get; set; }
}
