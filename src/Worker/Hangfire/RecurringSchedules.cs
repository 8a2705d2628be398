using Darkroom.Jobs.Housekeeping;
using Darkroom.Jobs.Retention;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Schedules;
using Hangfire;
using Hangfire.Common;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Hangfire;

/// <summary>The Hangfire job of a schedule's occurrence. Its name, its method and the one name that it takes are in the database: an API.</summary>
[Queue(JobQueues.Schedules)]
[AutomaticRetry(Attempts = JobRetries.Attempts, DelaysInSeconds = new[] { 1, 5, 15, 30, 60 })]
public sealed class FireSchedule(IScheduleHandler handler, IRecurringJobManagerV2 recurring, ILogger<FireSchedule> logger)
{
    /// <summary>Fires the schedule.</summary>
    [JobDisplayName("Schedule {0}")]
    public async Task RunAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            if (await handler.FireAsync(name, cancellationToken)) return;
            Log.UnknownSchedule(logger, name);
            await Task.Run(() => recurring.RemoveIfExists(name), cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.ScheduleFailed(logger, name, exception);
            JobRetries.ThrowWithoutSecrets(exception);
            throw;
        }
    }
}

/// <summary>
/// Keeps Hangfire's recurring jobs: those of <see cref="Upkeep"/>, and those of schedules as their table has them, whoever changed it. Sweeps schedules, too
/// (<see cref="ScheduleSweep"/>).
/// </summary>
public sealed class RecurringSchedules(
    IRecurringJobManagerV2 recurring, IBackgroundJobClientV2 jobs, ScheduleSweep sweep, IOptions<WorkerOptions> options, IOptions<HousekeepingOptions> housekeeping,
    IOptions<RetentionOptions> retention, TimeProvider time, ILogger<RecurringSchedules> logger)
{
    // Nights don't hang on seconds, and Hangfire is there for punctuality.
    private const int Slower = 3;

    private readonly Dictionary<string, Recurrence> _put = new(StringComparer.Ordinal);

    /// <summary>Sweeps until canceled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var hasUpkeep = false;
        while (true)
        {
            try
            {
                if (!hasUpkeep) await Task.Run(() => Upkeep.Put(recurring, jobs, housekeeping.Value, retention.Value), cancellationToken);
                hasUpkeep = true;
                await ReconcileAsync(await sweep.SweepAsync(cancellationToken), cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // One schedule that can't be dealt with mustn't end a worker that edits for others.
                Log.ScheduleSweepFailed(logger, exception);
            }

            await Task.Delay(options.Value.SweepInterval * Slower, time, cancellationToken);
        }
    }

    /// <summary>Puts and removes recurring jobs, so that they are those of the schedules that aren't paused.</summary>
    public async Task ReconcileAsync(IReadOnlyList<Schedule> schedules, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schedules);
        var wanted = schedules.Where(schedule => !schedule.IsPaused).ToDictionary(schedule => schedule.Name, schedule => schedule.Recurrence, StringComparer.Ordinal);
        foreach (var name in _put.Keys.Except(wanted.Keys, StringComparer.Ordinal).ToList())
        {
            await Task.Run(() => recurring.RemoveIfExists(name), cancellationToken);
            Log.ScheduleRemoved(logger, name);
            _put.Remove(name);
        }

        foreach (var (name, recurrence) in wanted)
        {
            if (_put.TryGetValue(name, out var old) && old == recurrence) continue;
            try
            {
                await PutAsync(recurring, recurrence, time.GetUtcNow(), cancellationToken);
                Log.SchedulePut(logger, name, recurrence.Cron, recurrence.TimeZone);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested && !DatabaseFaults.IsTransient(exception))
            {
                // A schedule that this machine can't deal with, such as one of a time zone that it doesn't know, mustn't keep the others from their nights.
                Log.ScheduleNotPut(logger, name, exception);
            }

            _put[name] = recurrence;
        }
    }

    /// <summary>Creates or replaces the recurring job of a schedule.</summary>
    /// <exception cref="FormatException">The cron expression or the time zone can't be read, or it never fires.</exception>
    internal static async Task PutAsync(IRecurringJobManagerV2 recurring, Recurrence recurrence, DateTimeOffset now, CancellationToken cancellationToken)
    {
        _ = recurrence.NextAfter(now);
        var job = Job.FromExpression<FireSchedule>(fire => fire.RunAsync(recurrence.Name, CancellationToken.None));
        // Relaxed: what was missed while no process ran is caught up once.
        var options = new RecurringJobOptions { TimeZone = recurrence.FindZone(), MisfireHandling = MisfireHandlingMode.Relaxed };
        try
        {
            await Task.Run(() => recurring.AddOrUpdate(recurrence.Name, job, Recurrence.Expand(recurrence.Cron), options), cancellationToken);
        }
        catch (ArgumentException exception)
        {
            throw new FormatException($"Schedule '{recurrence.Name}': Hangfire can't read cron '{recurrence.Cron}': {exception.InnerException?.Message ?? exception.Message}", exception);
        }
    }
}
