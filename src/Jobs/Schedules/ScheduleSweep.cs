using Darkroom.Jobs.Running;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Schedules;

/// <summary>Starts runs that wait, and fires what Hangfire didn't: a recurring job that was lost costs half a minute and no night.</summary>
public sealed class ScheduleSweep(IScheduleStore schedules, ScheduleHandler handler, ScheduledBatches batches, ILogger<ScheduleSweep> logger)
{
    /// <summary>How long Hangfire has to fire an occurrence before the sweep does.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>After this time a start that was taken is taken again: whoever took it is gone, or has put it off. Should it live, there is one batch all the same.</summary>
    public static readonly TimeSpan TakenTime = TimeSpan.FromMinutes(2);

    /// <summary>Sweeps once.</summary>
    /// <returns>All schedules.</returns>
    public async Task<IReadOnlyList<Schedule>> SweepAsync(CancellationToken cancellationToken)
    {
        var all = await schedules.ListAsync(cancellationToken);
        foreach (var schedule in all) await GuardAsync(schedule.Name, () => handler.FireDueAsync(schedule, Grace, cancellationToken), cancellationToken);
        // Runs wait for their schedule's sake only.
        while (all.Count > 0 && await schedules.TakeWaitingAsync(TakenTime, cancellationToken) is { } run)
        {
            if (await schedules.GetAsync(run.Schedule, cancellationToken) is { } schedule)
                await GuardAsync(schedule.Name, () => batches.StartAsync(schedule, run, cancellationToken), cancellationToken);
        }

        return all;
    }

    // One that this machine can't deal with, such as a time zone that it doesn't know, mustn't keep the others from their nights.
    private async Task GuardAsync(string schedule, Func<Task> action, CancellationToken cancellationToken)
    {
        try
        {
            await action();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && !DatabaseFaults.IsTransient(exception))
        {
            Log.ScheduleFailed(logger, schedule, exception);
        }
    }
}
