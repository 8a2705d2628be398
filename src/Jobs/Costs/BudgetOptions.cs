namespace Darkroom.Jobs.Costs;

/// <summary>
/// Caps for all batches together: section <c>Budgets</c>. Each call reserves its worst case before it is sent, so no number of workers can overrun a cap. Days
/// and months are UTC. Set the same for all workers.
/// </summary>
public sealed class BudgetOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Budgets";

    /// <summary>USD per day. When not set: no cap.</summary>
    /// <value>above 0</value>
    public decimal? DayUsd { get; set; }

    /// <summary>USD per month. When not set: no cap.</summary>
    /// <value>above 0</value>
    public decimal? MonthUsd { get; set; }
}
