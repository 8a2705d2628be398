namespace Darkroom.Jobs.Lanes;

/// <summary>
/// What durably queues lanes and fires schedules: the whole port. Adapters carry ids only, never payloads. Everything is safe to repeat.
/// </summary>
public interface IJobEngine
{
    /// <summary>Short name for people: <c>hangfire</c> or <c>quartz</c>.</summary>
    string Name { get; }

    /// <summary>Queues a lane; some process runs it through <see cref="ILaneHandler"/>, and again after a failure or the death of that process.</summary>
    /// <param name="laneId">The lane's row.</param>
    /// <param name="priority">0 (last) to 9 (first).</param>
    /// <param name="cancellationToken">Cancels the call, not the lane.</param>
    Task EnqueueLaneAsync(long laneId, int priority, CancellationToken cancellationToken);

    /// <summary>Creates or replaces a recurring schedule, fired through <see cref="IScheduleHandler"/> once per occurrence over all processes.</summary>
    /// <exception cref="FormatException">The cron expression or time zone can't be read.</exception>
    Task PutScheduleAsync(EngineSchedule schedule, CancellationToken cancellationToken);

    /// <summary>Removes a recurring schedule; no error when there is none.</summary>
    Task RemoveScheduleAsync(string name, CancellationToken cancellationToken);
}
