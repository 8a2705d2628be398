namespace Darkroom.Worker.Engines;

/// <summary>Log messages of the engines; event ids 1100 to 1199.</summary>
internal static partial class Log
{
    [LoggerMessage(1100, LogLevel.Information, "Schedule {Schedule} is put: {Cron} in {TimeZone}.")]
    public static partial void SchedulePut(ILogger logger, string schedule, string cron, string timeZone);

    [LoggerMessage(1101, LogLevel.Information, "Schedule {Schedule} is removed.")]
    public static partial void ScheduleRemoved(ILogger logger, string schedule);

    [LoggerMessage(1102, LogLevel.Warning, "Lane {LaneId} failed; the engine runs it again.")]
    public static partial void LaneFailed(ILogger logger, long laneId, Exception exception);

    [LoggerMessage(1103, LogLevel.Information, "Lane {LaneId} was interrupted by the shutdown; another process runs it.")]
    public static partial void LaneInterrupted(ILogger logger, long laneId);

    [LoggerMessage(1105, LogLevel.Warning, "{Engine} took the lanes over from {Before}, of which {Processes} workers and {Lanes} lanes lived.")]
    public static partial void TookOver(ILogger logger, string engine, string before, long processes, long lanes);

    [LoggerMessage(1104, LogLevel.Error, "Schedule {Schedule} failed; the engine fires it again.")]
    public static partial void ScheduleFailed(ILogger logger, string schedule, Exception exception);
}
