using Darkroom.Jobs.Lanes;
using Hangfire;

namespace Darkroom.Worker.Engines.Hangfire;

/// <summary>The job of a schedule's occurrence. Its name, its method and the one name that it takes are in the database: an API.</summary>
[Queue(LaneQueues.Schedules)]
[AutomaticRetry(Attempts = EngineRetries.Attempts, DelaysInSeconds = new[] { 1, 5, 15, 30, 60 })]
public sealed class FireSchedule(IScheduleHandler handler, ILogger<FireSchedule> logger)
{
    /// <summary>Fires the schedule.</summary>
    [JobDisplayName("Schedule {0}")]
    public Task RunAsync(string name, CancellationToken cancellationToken) => LaneCall.FireAsync(handler, name, logger, cancellationToken);
}
