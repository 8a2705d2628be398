using System.Globalization;
using Darkroom.Jobs.Lanes;
using Quartz;

namespace Darkroom.Worker.Engines.Quartz;

/// <summary>Lanes and schedules on Quartz: two stored jobs, and a trigger for each lane and each schedule.</summary>
internal sealed class QuartzEngine(ISchedulerFactory schedulers, TimeProvider time, ILogger<QuartzEngine> logger) : IJobEngine
{
    // Quartz fires the earliest first and heeds priorities only among those of the same instant. So an urgent lane is due since long ago: within a
    // priority they stay in their order, and no lane waits for longer than this step.
    private static readonly TimeSpan PriorityStep = TimeSpan.FromDays(365);

    private static readonly RetryPolicy Retries = RetryPolicy.Explicit(EngineRetries.Delays);

    /// <inheritdoc/>
    public string Name => EngineKinds.Quartz;

    /// <inheritdoc/>
    public async Task EnqueueLaneAsync(long laneId, int priority, CancellationToken cancellationToken)
    {
        LanePriority.Check(priority);
        var id = laneId.ToString(CultureInfo.InvariantCulture);
        var trigger = TriggerBuilder.Create(time)
            .WithIdentity(id, WorkBatch.Group)
            .WithExecutionGroup(WorkBatch.Group)
            .WithPriority(priority)
            .WithRetryPolicy(Retries)
            .UsingJobData(WorkBatch.LaneId, id)
            .ForJob(WorkBatch.Key)
            .StartAt(time.GetUtcNow() - (priority * PriorityStep))
            .WithSchedule(SimpleScheduleBuilder.Create().WithMisfireInstruction(SimpleTriggerMisfireInstruction.IgnoreMisfires))
            .Build();
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        await scheduler.ScheduleTrigger(trigger, TriggerConflict.Keep, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task PutScheduleAsync(EngineSchedule schedule, CancellationToken cancellationToken)
    {
        var rule = ScheduleRule.Parse(schedule, time.GetUtcNow());
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        // One that is there already keeps its next time: replacing it would forget an occurrence that was missed and is still to be caught up.
        if (await scheduler.GetTrigger(KeyOf(schedule.Name), cancellationToken) is ICronTrigger old
            && old.CronExpressionString == rule.Cron.CronExpressionString && old.TimeZone.Id == rule.TimeZone.Id) return;

        var trigger = TriggerBuilder.Create(time)
            .WithIdentity(KeyOf(schedule.Name))
            .WithRetryPolicy(Retries)
            .UsingJobData(FireSchedule.Schedule, schedule.Name)
            .ForJob(FireSchedule.Key)
            .WithSchedule(CronScheduleBuilder.Create(rule.Cron).InTimeZone(rule.TimeZone).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed))
            .Build();
        await scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, cancellationToken);
        Log.SchedulePut(logger, schedule.Name, schedule.Cron, schedule.TimeZone);
    }

    /// <inheritdoc/>
    public async Task RemoveScheduleAsync(string name, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        await scheduler.UnscheduleJob(KeyOf(name), cancellationToken);
        Log.ScheduleRemoved(logger, name);
    }

    private static TriggerKey KeyOf(string schedule) => new(schedule, FireSchedule.Group);
}
