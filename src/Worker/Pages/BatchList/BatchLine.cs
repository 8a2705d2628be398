using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Waits;

namespace Darkroom.Worker.Pages.BatchList;

/// <summary>A batch as a line of the list, and as the head of its own page.</summary>
/// <param name="Status">The batch with counts and cost.</param>
/// <param name="Terms">What was agreed.</param>
/// <param name="Pace">How it went in the last minutes; null when nothing ended in them.</param>
/// <param name="LimitPerMinute">Calls a minute that the tightest limit of its models leaves; null when none is known.</param>
/// <param name="Waits">What it waits for.</param>
/// <param name="Now">When this was looked at.</param>
public sealed record BatchLine(BatchStatus Status, BatchTerms Terms, BatchPace? Pace, double? LimitPerMinute, IReadOnlyList<BatchWait> Waits, DateTimeOffset Now)
{
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(1);

    /// <summary>The batch.</summary>
    public Batch Batch => Status.Batch;

    /// <summary>The wait that ends last, or null.</summary>
    public BatchWait? Wait => BatchWait.Longest(Waits);

    /// <summary>Items ended a minute, lately; null when it doesn't run, or stands still because it waits.</summary>
    public double? PerMinute => Batch.State == BatchState.Running && Pace?.PerMinute(Lately) is var pace && (pace > 0 || Wait is null) ? pace ?? 0 : null;

    /// <summary>Before this instant it can't be done, by what it waits for; null when it waits for nothing that has an end, or for a worker.</summary>
    public DateTimeOffset? EarliestFinish => Batch.State.IsOpen() && !Waits.Any(wait => wait.IsQueue) ? Waits.Where(wait => wait.Stops).Max(wait => wait.Until) : null;

    /// <summary>When it will be done at this pace; null when there is none.</summary>
    public DateTimeOffset? FinishEstimate
    {
        get
        {
            var open = Status.Items.Total - Status.Items.Ended;
            if (Batch.State != BatchState.Running || Pace is null || open == 0 || Waits.Any(wait => wait.IsQueue)) return null;
            var pace = Math.Max(Pace.PerMinute(Lately), Pace.PerMinute(TimeSpan.FromMinutes(5)));
            return pace > 0 && open / pace is var minutes && minutes < TimeSpan.FromDays(10_000).TotalMinutes ? (EarliestFinish ?? Now) + TimeSpan.FromMinutes(minutes) : null;
        }
    }

    /// <summary>Whether it will be late, or is; false without a deadline.</summary>
    public bool IsLate => Terms.Deadline is { } deadline && ((Batch.FinishedAt ?? Now) > deadline || (FinishEstimate ?? EarliestFinish) > deadline);
}
