using Darkroom.Jobs.Lanes;
using Darkroom.Jobs.Running;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Schedules;

/// <summary>
/// Keeps the engine's recurring jobs as our table has them, whoever changed it; starts runs that wait; and fires what the engine didn't: one that lost a schedule,
/// or reads the clock otherwise, costs half a minute and no night.
/// </summary>
public sealed class ScheduleSweep(
    IScheduleStore schedules, IJobEngine engine, ScheduleHandler handler, ScheduledBatches batches, IOptions<WorkerOptions> options, TimeProvider time, ILogger<ScheduleSweep> logger)
{
    /// <summary>How long the engine has to fire an occurrence before the sweep does.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>After this time a start that was taken is taken again: whoever took it is gone, or has put it off. Should it live, there is one batch all the same.</summary>
    public static readonly TimeSpan TakenTime = TimeSpan.FromMinutes(2);

    // Nights don't hang on seconds, and the engine is there for punctuality.
    private const int Slower = 3;

    private readonly Dictionary<string, EngineSchedule> _put = new(StringComparer.Ordinal);

    /// <summary>Sweeps until canceled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await SweepAsync(cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // One schedule that can't be dealt with mustn't end a worker that edits for others.
                Log.SweepFailed(logger, exception);
            }

            await Task.Delay(options.Value.SweepInterval * Slower, time, cancellationToken);
        }
    }

    /// <summary>Sweeps once.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var all = await schedules.ListAsync(cancellationToken);
        await ReconcileAsync(all, cancellationToken);
        foreach (var schedule in all) await GuardAsync(schedule.Name, () => handler.FireDueAsync(schedule, Grace, cancellationToken), cancellationToken);
        // Runs wait for their schedule's sake only.
        while (all.Count > 0 && await schedules.TakeWaitingAsync(TakenTime, cancellationToken) is { } run)
        {
            if (await schedules.GetAsync(run.Schedule, cancellationToken) is { } schedule)
                await GuardAsync(schedule.Name, () => batches.StartAsync(schedule, run, cancellationToken), cancellationToken);
        }
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

    private async Task ReconcileAsync(IReadOnlyList<Schedule> all, CancellationToken cancellationToken)
    {
        var wanted = all.Where(schedule => !schedule.IsPaused).ToDictionary(schedule => schedule.Name, schedule => schedule.Engine, StringComparer.Ordinal);
        foreach (var name in _put.Keys.Except(wanted.Keys, StringComparer.Ordinal).ToList())
        {
            await engine.RemoveScheduleAsync(name, cancellationToken);
            _put.Remove(name);
        }

        foreach (var (name, schedule) in wanted)
        {
            if (_put.TryGetValue(name, out var old) && old == schedule) continue;
            await GuardAsync(name, () => engine.PutScheduleAsync(schedule, cancellationToken), cancellationToken);
            _put[name] = schedule;
        }
    }
}
