using Darkroom.Jobs.Batches;

namespace Darkroom.Jobs.Deadlines;

/// <summary>When a batch will be done if it goes on as it did lately.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Now">When this was looked at, by the database's clock.</param>
/// <param name="FinishedAt">When it ended, or null.</param>
/// <param name="Open">Items that haven't ended.</param>
/// <param name="EndedLately">Items that ended within <see cref="Window"/>.</param>
/// <param name="EndedSince">When the first of those ended, or null.</param>
/// <param name="Deadline">When it should be done, or null.</param>
/// <param name="RiskAt">When it was first told that it won't be; or null.</param>
/// <param name="MissedAt">When it was told that the deadline had passed; or null.</param>
public sealed record BatchForecast(
    string BatchId, BatchState State, DateTimeOffset Now, DateTimeOffset? FinishedAt, long Open, long EndedLately, DateTimeOffset? EndedSince,
    DateTimeOffset? Deadline, DateTimeOffset? RiskAt, DateTimeOffset? MissedAt)
{
    /// <summary>What counts as lately.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>Items ended a minute lately, up to now, so that a standstill shows; null before two have ended.</summary>
    public double? PerMinute => EndedSince is { } since && EndedLately > 1 && Now > since ? (EndedLately - 1) / (Now - since).TotalMinutes : null;

    /// <summary>When it will be done at this pace; null when it doesn't run, or there is no pace to go by.</summary>
    public DateTimeOffset? FinishEstimate =>
        State == BatchState.Running && PerMinute is { } pace && Open / pace is var minutes && minutes < TimeSpan.FromDays(10_000).TotalMinutes ? Now + TimeSpan.FromMinutes(minutes) : null;

    /// <summary>Whether the deadline was, or is, missed, or will be at this pace; null without a deadline.</summary>
    public bool? IsLate => Deadline is { } deadline ? (FinishedAt ?? Now) > deadline || (FinishedAt is null && FinishEstimate > deadline) : null;
}
