using Darkroom.Jobs.Lanes;
using Hangfire;

namespace Darkroom.Worker.Engines.Hangfire;

/// <summary>The job of a lane. Its name, its method and the one id that it takes are in the database: an API.</summary>
[KeepQueue]
[AutomaticRetry(Attempts = EngineRetries.Attempts, DelaysInSeconds = new[] { 1, 5, 15, 30, 60 })]
public sealed class WorkBatch(ILaneHandler handler, ILogger<WorkBatch> logger)
{
    /// <summary>Runs the lane.</summary>
    [LaneTitle]
    public Task RunAsync(long laneId, CancellationToken cancellationToken) => LaneCall.RunAsync(handler, laneId, logger, cancellationToken);
}
