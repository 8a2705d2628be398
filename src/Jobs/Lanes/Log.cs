using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Lanes;

/// <summary>Log messages of lanes; event ids 2300 to 2399.</summary>
internal static partial class Log
{
    [LoggerMessage(2300, LogLevel.Debug, "Lane {LaneId} has nothing to do here.")]
    public static partial void LaneUseless(ILogger logger, long laneId);

    [LoggerMessage(2301, LogLevel.Information, "Lane {LaneId} works on batch {BatchId}.")]
    public static partial void LaneStarted(ILogger logger, long laneId, string batchId);

    [LoggerMessage(2302, LogLevel.Information, "Lane {LaneId} of batch {BatchId} ended; the batch is {State}.")]
    public static partial void LaneEnded(ILogger logger, long laneId, string batchId, string state);

    [LoggerMessage(2303, LogLevel.Error, "Batch {BatchId} is halted: the image store takes no writes.")]
    public static partial void StoreRefuses(ILogger logger, string batchId, Exception exception);

    [LoggerMessage(2307, LogLevel.Error, "Batch {BatchId} is halted: refused_alike. {Detail}")]
    public static partial void RefusedAlike(ILogger logger, string batchId, string detail);

    [LoggerMessage(2304, LogLevel.Warning, "The sweep failed; it comes again.")]
    public static partial void SweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(2306, LogLevel.Error, "{Owner} took the lanes over from {Engine}: this worker gets no more of them. Restart it with Engine__Kind={Owner}.")]
    public static partial void EngineReplaced(ILogger logger, string engine, string owner);

    [LoggerMessage(2305, LogLevel.Information, "Lane {LaneId} of batch {BatchId} is queued with {Engine}.")]
    public static partial void LaneQueued(ILogger logger, long laneId, string batchId, string engine);
}
