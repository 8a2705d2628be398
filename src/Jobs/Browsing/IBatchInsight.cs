using Darkroom.Jobs.Costs;

namespace Darkroom.Jobs.Browsing;

/// <summary>Answers what pages ask beyond lists. Bounded by time or by what is open, never by how large batches are.</summary>
public interface IBatchInsight
{
    /// <summary>The longest span that a pace is told of.</summary>
    static readonly TimeSpan LongestSpan = TimeSpan.FromHours(1);

    /// <summary>What was agreed for batches, by their ids; those that aren't there are left out.</summary>
    Task<IReadOnlyDictionary<string, BatchTerms>> GetTermsAsync(IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken);

    /// <summary>What ended in the last five minutes, in steps of ten seconds, by batch; batches in which nothing did are left out.</summary>
    Task<IReadOnlyDictionary<string, BatchPace>> GetPacesAsync(IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken);

    /// <summary>How a batch went up to now, or up to its end: over its life, at most over <see cref="LongestSpan"/>, in 60 steps with costs. Null when there is no such batch.</summary>
    Task<BatchPace?> GetHistoryAsync(string batchId, CancellationToken cancellationToken);

    /// <summary>What is spent and expected over all batches. Reads a row a day, batch, model and user of the month: ask seldom.</summary>
    Task<Spending> GetSpendingAsync(CancellationToken cancellationToken);

    /// <summary>Budgets: of the day and of the month where they have one, then those of open batches, the newest first; of these at most 100.</summary>
    /// <param name="dayUsd">The budget of the day.</param>
    /// <param name="monthUsd">The budget of the month.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    Task<IReadOnlyList<BudgetStanding>> ListBudgetsAsync(decimal? dayUsd, decimal? monthUsd, CancellationToken cancellationToken);

    /// <summary>What sharing images has saved, over all batches there are.</summary>
    Task<ReuseSavings> GetReuseAsync(CancellationToken cancellationToken);

    /// <summary>What a range of days (UTC, both ends included) has brought for its money.</summary>
    Task<SpendYield> GetYieldAsync(DateOnly from, DateOnly to, CancellationToken cancellationToken);

    /// <summary>The dearest groups of a range of days (UTC, both ends included), the dearest first.</summary>
    /// <param name="by">What is grouped by; not <see cref="ReportDimensionKind.Day"/>.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The groups, and how many there are in all.</returns>
    Task<(IReadOnlyList<CostReportRow> Groups, long All)> ListDearestAsync(ReportDimension by, DateOnly from, DateOnly to, int limit, CancellationToken cancellationToken);

    /// <summary>The cost of each day of a range (UTC, both ends included) by one thing; days without cost are left out.</summary>
    /// <param name="by">What it is split by; not <see cref="ReportDimensionKind.Day"/>.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day.</param>
    /// <param name="named">Which of it stands for itself; all else is one.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<IReadOnlyList<DaySpend>> ListDaysAsync(ReportDimension by, DateOnly from, DateOnly to, IReadOnlyCollection<string?> named, CancellationToken cancellationToken);

    /// <summary>The processes that work, and those that ended within a day; the newest first.</summary>
    Task<IReadOnlyList<ProcessRow>> ListProcessesAsync(CancellationToken cancellationToken);
}
