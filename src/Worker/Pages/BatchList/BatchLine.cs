using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;

namespace Darkroom.Worker.Pages.BatchList;

/// <summary>A batch as a line of the list, and as the head of its own page.</summary>
/// <param name="Status">The batch with counts and cost.</param>
/// <param name="Terms">What was agreed.</param>
/// <param name="Pace">How it went in the last minutes; null when nothing ended in them.</param>
/// <param name="LimitPerMinute">Calls a minute that the tightest limit of its models leaves; null when none is known.</param>
/// <param name="Now">When this was looked at.</param>
public sealed record BatchLine(BatchStatus Status, BatchTerms Terms, BatchPace? Pace, double? LimitPerMinute, DateTimeOffset Now)
{
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(1);

    /// <summary>The batch.</summary>
    public Batch Batch => Status.Batch;

    /// <summary>Items ended a minute, lately; null when it doesn't run.</summary>
    public double? PerMinute => Batch.State == BatchState.Running ? Pace?.PerMinute(Lately) ?? 0 : null;

    /// <summary>When it will be done at this pace; null when there is none.</summary>
    public DateTimeOffset? FinishEstimate
    {
        get
        {
            var open = Status.Items.Total - Status.Items.Ended;
            if (Batch.State != BatchState.Running || Pace is null || open == 0) return null;
            var pace = Math.Max(Pace.PerMinute(Lately), Pace.PerMinute(TimeSpan.FromMinutes(5)));
            return pace > 0 && open / pace is var minutes && minutes < TimeSpan.FromDays(10_000).TotalMinutes ? Now + TimeSpan.FromMinutes(minutes) : null;
        }
    }

    /// <summary>Whether it will be late, or is; false without a deadline.</summary>
    public bool IsLate => Terms.Deadline is { } deadline && ((Batch.FinishedAt ?? Now) > deadline || FinishEstimate > deadline);
}
