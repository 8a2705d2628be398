using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Deadlines;

/// <summary>Log messages of deadlines; event ids 2980 to 2999.</summary>
internal static partial class Log
{
    [LoggerMessage(2980, LogLevel.Warning, "Batch {BatchId} will be late: it won't be done before {FinishEstimate:u}, and should be {Deadline:u}.{Waits}")]
    public static partial void AtRisk(ILogger logger, string batchId, DateTimeOffset finishEstimate, DateTimeOffset deadline, string waits);

    [LoggerMessage(2981, LogLevel.Warning, "Batch {BatchId} is late: it should have been done {Deadline:u}, and {Open} items are open.")]
    public static partial void Missed(ILogger logger, string batchId, DateTimeOffset deadline, long open);

    [LoggerMessage(2982, LogLevel.Warning, "Looking at deadlines failed; it comes again.")]
    public static partial void WatchFailed(ILogger logger, Exception exception);
}
