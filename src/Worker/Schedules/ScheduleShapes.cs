using System.Globalization;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Schedules;
using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Schedules;

/// <summary>Schedules and runs as they are told. A manifest's address is told without what signs it.</summary>
internal static class ScheduleShapes
{
    private const int NextRuns = 3;

    /// <summary>A schedule with its next runs.</summary>
    public static ScheduleShape Of(Schedule schedule, ScheduleRun? last, DateTimeOffset now)
    {
        var next = new List<OccurrenceShape>();
        for (var at = now; !schedule.IsPaused && next.Count < NextRuns;)
        {
            at = schedule.Recurrence.NextAfter(at);
            next.Add(new OccurrenceShape(TimeZoneInfo.ConvertTime(at, schedule.Zone).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture), at));
        }

        return new ScheduleShape(
            schedule.Name, schedule.Cron, schedule.TimeZone, ManifestOpener.NameOf(schedule.Manifest), schedule.Overlap.ToName(), schedule.Deadline, schedule.IsPaused, next,
            last is null ? null : Of(last, null));
    }

    /// <summary>A run, and how its batch stands if there is one.</summary>
    public static ScheduleRunShape Of(ScheduleRun run, BatchStatus? status)
    {
        var shape = new ScheduleRunShape(
            run.ScheduledAt, run.IsManual, run.State.ToName(), run.State == ScheduleRunState.Started ? run.BatchId : null, run.IsUnchanged, run.Detail, run.Problems, run.Warnings);
        if (status is not { Items: var items }) return shape;
        return shape with
        {
            BatchState = status.Batch.State.ToName(),
            Items = items.Total,
            Changed = items.Total - items.Reused,
            Reused = items.Reused,
            Failed = items.Failed + items.Rejected + items.Held,
            CostUsd = Money.Format(status.CostUsd),
            EstimatedUsd = Money.Format(status.EstimatedUsd),
            UnpricedCalls = status.Unpriced,
            UnconfirmedUsd = Money.Format(status.UnconfirmedUsd),
            DurationSeconds = status.Batch.FinishedAt - status.Batch.CreatedAt is { } duration ? Math.Round(duration.TotalSeconds, 3) : null,
        };
    }
}
