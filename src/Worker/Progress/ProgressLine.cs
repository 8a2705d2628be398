using System.Globalization;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;

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

    /// <summary>Now.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>How it stands with the deadline, as a clause; empty without one.</summary>
    public string Due => Deadline is not { } deadline || Status.Batch.State.IsFinal() ? ""
        : Now > deadline ? $", late since {deadline.UtcDateTime.ToString("HH:mm 'UTC'", CultureInfo.InvariantCulture)}"
        : Left is { } left && Now + left > deadline ? $", will be late: due {deadline.UtcDateTime.ToString("HH:mm 'UTC'", CultureInfo.InvariantCulture)}"
        : $", due {deadline.UtcDateTime.ToString("HH:mm 'UTC'", CultureInfo.InvariantCulture)}";

    /// <summary>Rate against the limit.</summary>
    public string Rate => $"{(PerMinute is { } rate ? rate.ToString("0.#", CultureInfo.InvariantCulture) : "–")}/min{(Limit is { } limit ? $" of {limit.ToString("0.##", CultureInfo.InvariantCulture)} {(IsLimitLearned ? "learned" : "allowed")}" : "")}";

    /// <summary>Items that ended badly.</summary>
    public long Bad => Status.Items.Rejected + Status.Items.Failed + Status.Items.Held;

    /// <summary>Cost so far.</summary>
    public string Cost => Dollars(Status.CostUsd, Status.Unpriced) + (Status.EstimatedUsd > 0 ? $" ({(Status.EstimatedUsd == Status.CostUsd ? "" : $"{Dollars(Status.EstimatedUsd)} ")}estimated)" : "") + (Status.UnconfirmedUsd > 0 ? $" (+ {Dollars(Status.UnconfirmedUsd)} unconfirmed)" : "") + (Status.Unpriced > 0 ? $" (+ {Status.Unpriced} without a price)" : "");

    /// <summary>Time left, coarse.</summary>
    public string TimeLeft => Left is { } left ? DurationText.Left(left) : "–";

    /// <summary>Dollars as people read them, where some calls may have no known price: what isn't known is never $0.</summary>
    public static string Dollars(decimal usd, long unpriced) => usd == 0 && unpriced > 0 ? "cost unknown" : Dollars(usd);

    /// <summary>Dollars as people read them; the exact sum is in the ledger.</summary>
    public static string Dollars(decimal usd) => usd == 0 ? "$0.00" : usd < 1 ? $"${Money.Format(Math.Round(usd, 4))}" : $"${usd.ToString("0.00", CultureInfo.InvariantCulture)}";

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Status.Items.Ended}/{Status.Items.Total} done, {Bad} refused or failed, {Status.Items.Sending} in flight, {Rate}, {Cost}, {TimeLeft} left{Due}";
}
