using Darkroom.Jobs.Batches;

namespace Darkroom.Jobs.Schedules;

/// <summary>What Hangfire calls when a schedule may be due.</summary>
public interface IScheduleHandler
{
    /// <summary>Runs what is due of a schedule.</summary>
    /// <returns>False when there is no such schedule.</returns>
    Task<bool> FireAsync(string name, CancellationToken cancellationToken);
}

/// <summary>
/// Fires schedules. Hangfire's call only says that something may be due: what is due, the table of schedules says. So a call that comes twice or late makes no second batch.
/// </summary>
public sealed class ScheduleHandler(IScheduleStore schedules, ScheduledBatches batches, TimeProvider time) : IScheduleHandler
{
    /// <inheritdoc/>
    public async Task<bool> FireAsync(string name, CancellationToken cancellationToken)
    {
        if (await schedules.GetAsync(name, cancellationToken) is not { } schedule) return false;
        await FireDueAsync(schedule, TimeSpan.Zero, cancellationToken);
        return true;
    }

    /// <summary>Runs what is due since <paramref name="overdue"/> at least.</summary>
    /// <returns>The run that this call took, or null when nothing was due or another process took it.</returns>
    public async Task<ScheduleRun?> FireDueAsync(Schedule schedule, TimeSpan overdue, CancellationToken cancellationToken)
    {
        if (schedule.IsPaused || DueTimes.Last(schedule.Recurrence.NextAfter, schedule.ArmedAt, time.GetUtcNow()) is not { } due || due > time.GetUtcNow() - overdue) return null;
        var run = await schedules.TakeAsync(schedule, due, BatchIds.Create(time), cancellationToken);
        return run is null ? null : await batches.StartAsync(schedule, run, cancellationToken);
    }
}
