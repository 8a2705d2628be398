namespace Darkroom.Jobs.Browsing;

/// <summary>What a budget is of.</summary>
public enum BudgetScope
{
    /// <summary>All batches, within a day (UTC).</summary>
    Day,

    /// <summary>All batches, within a month (UTC).</summary>
    Month,

    /// <summary>One batch.</summary>
    Batch,
}
