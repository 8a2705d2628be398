using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Waits;

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

    // Further off than this is never.
    private static readonly double MostMinutes = TimeSpan.FromDays(10_000).TotalMinutes;

    /// <summary>Calls under way.</summary>
    public long InFlight { get; init; }

    /// <summary>When the first of those began, or null.</summary>
    public DateTimeOffset? InFlightSince { get; init; }

    /// <summary>How long its open items take at least, whatever happens: at the limits that are kept; or null when nothing limits them, or that wasn't looked at.</summary>
    public TimeSpan? Least { get; init; }

    /// <summary>The hours in which its calls may start; null for any. Only minutes within them count.</summary>
    public BatchHours? Hours { get; init; }

    /// <summary>What it waits for. Nothing is estimated to end before these waits do, and time in which the service told to wait says nothing of its pace.</summary>
    public IReadOnlyList<BatchWait> Waits { get; init; } = [];

    /// <summary>
    /// Items ended a minute lately, up to now, so that a standstill shows. Before two have ended, by those that have begun, as if the calls under way ended now: it falls while
    /// they don't. Null before two have begun.
    /// </summary>
    public double? PerMinute => EndedLately > 1 ? PaceOf(EndedLately, EndedSince) : PaceOf(EndedLately + InFlight, InFlightSince < EndedSince ? InFlightSince : EndedSince ?? InFlightSince);

    /// <summary>When it can be done at the earliest, by <see cref="Least"/>, <see cref="Hours"/> and <see cref="Waits"/>; null when it doesn't run, or neither says anything.</summary>
    public DateTimeOffset? EarliestFinish => !State.IsOpen() ? null : Least is { } least ? Reach(least.TotalMinutes) : Start > Now || AwaitedHours?.AreOpen(Now) == false ? Reach(0) : null;

    /// <summary>When it will be done at this pace, and no earlier than the limits let it; null when it doesn't run, or there is nothing to go by.</summary>
    public DateTimeOffset? FinishEstimate => !State.IsOpen() ? null
        : PerMinute is { } pace && Reach(Open / pace) is { } estimate
            ? EarliestFinish > estimate ? EarliestFinish : estimate
            : EarliestFinish;

    /// <summary>Whether the deadline was, or is, missed, or will be at this pace; null without a deadline.</summary>
    public bool? IsLate => Deadline is { } deadline ? (FinishedAt ?? Now) > deadline || (FinishedAt is null && FinishEstimate > deadline) : null;

    // What is under way finishes at any hour.
    private OpenHours? AwaitedHours => Open > InFlight ? OpenHours.Of(Hours) : null;

    // When its open calls may start: not before the waits end in which none does.
    private DateTimeOffset Start => Open > InFlight && Waits.Where(wait => wait.Stops).Max(wait => wait.Until) is { } until && until > Now ? until : Now;

    private DateTimeOffset? Reach(double minutes) => minutes >= MostMinutes ? null
        : AwaitedHours is { } hours ? hours.After(Start, TimeSpan.FromMinutes(minutes)) : Start + TimeSpan.FromMinutes(minutes);

    private double? PaceOf(long items, DateTimeOffset? from)
    {
        // That nothing begins while its hours are over, or the service told to wait, says nothing of its pace.
        var until = Waits.Min(wait => wait.Since) is { } held && held < Now ? held : Now;
        if (items <= 1 || from is not { } since || since >= until) return null;
        var minutes = (OpenHours.Of(Hours)?.Between(since, until) ?? until - since).TotalMinutes;
        return minutes > 0 ? (items - 1) / minutes : null;
    }
}
