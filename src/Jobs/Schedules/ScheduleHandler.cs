using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Lanes;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Schedules;

/// <summary>
/// Fires schedules. An engine's call only says that something may be due: what is due, our own table and our own reading of the clock say. So an engine that fires
/// twice, late, or otherwise in the nights in which the clocks change makes no second batch.
/// </summary>
public sealed class ScheduleHandler(
    IScheduleStore schedules, IScheduleTimes times, IJobEngine engine, ScheduledBatches batches, TimeProvider time, ILogger<ScheduleHandler> logger) : IScheduleHandler
{
    /// <inheritdoc/>
    public async Task FireAsync(string name, CancellationToken cancellationToken)
    {
        if (await schedules.GetAsync(name, cancellationToken) is { } schedule)
        {
            await FireDueAsync(schedule, TimeSpan.Zero, cancellationToken);
            return;
        }

        Log.UnknownSchedule(logger, name);
        await engine.RemoveScheduleAsync(name, cancellationToken);
    }

    /// <summary>Runs what is due since <paramref name="overdue"/> at least.</summary>
    /// <returns>The run that this call took, or null when nothing was due or another process took it.</returns>
    public async Task<ScheduleRun?> FireDueAsync(Schedule schedule, TimeSpan overdue, CancellationToken cancellationToken)
    {
        if (schedule.IsPaused || DueTimes.Last(times, schedule.Engine, schedule.ArmedAt, time.GetUtcNow()) is not { } due || due > time.GetUtcNow() - overdue) return null;
        var run = await schedules.TakeAsync(schedule, due, BatchIds.Create(time), cancellationToken);
        return run is null ? null : await batches.StartAsync(schedule, run, cancellationToken);
    }
}
