using Darkroom.Jobs.Lanes;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;

namespace Darkroom.Worker.Engines.Hangfire;

/// <summary>Lanes and schedules on Hangfire. Its client blocks, so the calls go to the pool.</summary>
internal sealed class HangfireEngine(
    IBackgroundJobClientV2 jobs, IRecurringJobManagerV2 schedules, TimeProvider time, ILogger<HangfireEngine> logger) : IJobEngine
{
    /// <inheritdoc/>
    public string Name => EngineKinds.Hangfire;

    /// <inheritdoc/>
    public Task EnqueueLaneAsync(long laneId, int priority, CancellationToken cancellationToken)
    {
        var queue = LaneQueues.Of(priority);
        var job = Job.FromExpression<WorkBatch>(work => work.RunAsync(laneId, CancellationToken.None));
        var parameters = new Dictionary<string, object>(StringComparer.Ordinal) { [KeepQueueAttribute.Parameter] = queue };
        return Task.Run(() => jobs.Create(job, new EnqueuedState(queue), parameters), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task PutScheduleAsync(EngineSchedule schedule, CancellationToken cancellationToken)
    {
        var rule = ScheduleRule.Parse(schedule, time.GetUtcNow());
        var job = Job.FromExpression<FireSchedule>(fire => fire.RunAsync(schedule.Name, CancellationToken.None));
        // Relaxed: what was missed while no process ran is caught up once.
        var options = new RecurringJobOptions { TimeZone = rule.TimeZone, MisfireHandling = MisfireHandlingMode.Relaxed };
        try
        {
            await Task.Run(() => schedules.AddOrUpdate(schedule.Name, job, schedule.Cron, options), cancellationToken);
        }
        catch (ArgumentException exception)
        {
            throw new FormatException($"Schedule '{schedule.Name}': Hangfire can't read cron '{schedule.Cron}': {exception.InnerException?.Message ?? exception.Message}", exception);
        }

        Log.SchedulePut(logger, schedule.Name, schedule.Cron, schedule.TimeZone);
    }

    /// <inheritdoc/>
    public async Task RemoveScheduleAsync(string name, CancellationToken cancellationToken)
    {
        await Task.Run(() => schedules.RemoveIfExists(name), cancellationToken);
        Log.ScheduleRemoved(logger, name);
    }
}
