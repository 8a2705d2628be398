using System.Globalization;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Waits;

namespace Darkroom.Worker.Progress;

/// <summary>What a progress display says of a batch: the same words in a live display and in a log line.</summary>
/// <param name="Status">The batch.</param>
/// <param name="PerMinute">Items a minute now, or null.</param>
/// <param name="Limit">Images a minute that are allowed, or null.</param>
/// <param name="Left">Time left at this pace, or null.</param>
public sealed record ProgressLine(BatchStatus Status, double? PerMinute, double? Limit, TimeSpan? Left)
{
    /// <summary>Whether the limit was learned from the service, and not configured.</summary>
    public bool IsLimitLearned { get; init; }

    /// <summary>When it should be done, or null.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>What it waits for, the wait that ends last; or null.</summary>
    public BatchWait? Wait { get; init; }

    /// <summary>Time left at least, where no pace is known but a wait is; or null.</summary>
    public TimeSpan? AtLeast { get; init; }

    /// <summary>Of what a batch's watcher sees: nothing is said to end before the waits do.</summary>
    public static ProgressLine Of(BatchStatus status, BatchPace pace, double? limit, TimeSpan? left, IReadOnlyList<BatchWait> waits)
    {
        var line = new ProgressLine(status, pace.PerMinute, limit, left) { Wait = BatchWait.Longest(waits) };
        if (waits.Any(wait => wait.IsQueue)) return line with { Left = null };
        if (waits.Where(wait => wait.Stops).Max(wait => wait.Left) is not { } standing || standing <= TimeSpan.Zero) return line;
        return pace.Last is { } last
            ? line with { Left = standing + TimeSpan.FromMinutes((status.Items.Total - status.Items.Ended) / last) }
            : line with { Left = null, AtLeast = standing };
    }

    /// <summary>Now.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>How it stands with the deadline, as a clause; empty without one.</summary>
    public string Due => Deadline is not { } deadline || Status.Batch.State.IsFinal() ? ""
        : Now > deadline ? $", late since {deadline.UtcDateTime.ToString("HH:mm 'UTC'", CultureInfo.InvariantCulture)}"
        : (Left ?? AtLeast) is { } left && Now + left > deadline ? $", will be late: due {deadline.UtcDateTime.ToString("HH:mm 'UTC'", CultureInfo.InvariantCulture)}"
        : $", due {deadline.UtcDateTime.ToString("HH:mm 'UTC'", CultureInfo.InvariantCulture)}";

    /// <summary>Rate against the limit.</summary>
    public string Rate => $"{(PerMinute is { } rate ? rate.ToString("0.#", CultureInfo.InvariantCulture) : "–")}/min{(Limit is { } limit ? $" of {limit.ToString("0.##", CultureInfo.InvariantCulture)} {(IsLimitLearned ? "learned" : "allowed")}" : "")}";

    /// <summary>Items that ended badly.</summary>
    public long Bad => Status.Items.Rejected + Status.Items.Failed + Status.Items.Held;

    /// <summary>Cost so far.</summary>
    public string Cost => Dollars(Status.CostUsd, Status.Unpriced) + (Status.EstimatedUsd > 0 ? $" ({(Status.EstimatedUsd == Status.CostUsd ? "" : $"{Dollars(Status.EstimatedUsd)} ")}estimated)" : "") + (Status.UnconfirmedUsd > 0 ? $" (+ {Dollars(Status.UnconfirmedUsd)} unconfirmed)" : "") + (Status.Unpriced > 0 ? $" (+ {Status.Unpriced} without a price)" : "");

    /// <summary>What it waits for, as a clause; empty when it waits for nothing.</summary>
    public string Waiting => Wait is { } wait ? $", {char.ToLowerInvariant(wait.Text[0])}{wait.Text[1..]}" : "";

    /// <summary>Time left, coarse: where the batch stands still by whole minutes, so that a log has no line for each second of a night.</summary>
    public string TimeLeft => Left switch
    {
        null => AtLeast is { } least ? $"at least {DurationText.Coarse(least)} left" : Wait is { IsQueue: true } ? "time left unknown until then" : "time left unknown",
        { } left when Wait is { Stops: true } => $"{DurationText.Coarse(left)} left",
        { } left => $"{DurationText.Left(left)} left",
    };

    /// <summary>Dollars as people read them, where some calls may have no known price: what isn't known is never $0.</summary>
    public static string Dollars(decimal usd, long unpriced) => usd == 0 && unpriced > 0 ? "cost unknown" : Dollars(usd);

    /// <summary>Dollars as people read them; the exact sum is in the ledger.</summary>
    public static string Dollars(decimal usd) => usd == 0 ? "$0.00" : usd < 1 ? $"${Money.Format(Math.Round(usd, 4))}" : $"${usd.ToString("0.00", CultureInfo.InvariantCulture)}";

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Status.Items.Ended}/{Status.Items.Total} done, {Bad} refused or failed, {Status.Items.Sending} in flight, {Rate}, {Cost}{Waiting}{(Status.Batch.State == BatchState.Running ? $", {TimeLeft}" : "")}{Due}";
}
