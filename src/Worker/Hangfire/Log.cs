namespace Darkroom.Worker.Hangfire;

/// <summary>Log messages of Hangfire's jobs; event ids 1100 to 1199.</summary>
internal static partial class Log
{
    [LoggerMessage(1100, LogLevel.Information, "Schedule {Schedule} is put: {Cron} in {TimeZone}.")]
    public static partial void SchedulePut(ILogger logger, string schedule, string cron, string timeZone);

    [LoggerMessage(1101, LogLevel.Information, "Schedule {Schedule} is removed.")]
    public static partial void ScheduleRemoved(ILogger logger, string schedule);

    [LoggerMessage(1102, LogLevel.Warning, "The job of batch {BatchId} failed; Hangfire runs it again.")]
    public static partial void JobFailed(ILogger logger, string batchId, Exception exception);

    [LoggerMessage(1103, LogLevel.Information, "The job of batch {BatchId} was interrupted by the shutdown; another worker runs it.")]
    public static partial void JobInterrupted(ILogger logger, string batchId);

    [LoggerMessage(1104, LogLevel.Error, "Schedule {Schedule} failed; Hangfire fires it again.")]
    public static partial void ScheduleFailed(ILogger logger, string schedule, Exception exception);

    [LoggerMessage(1105, LogLevel.Warning, "Hangfire fired schedule {Schedule}, which doesn't exist; its recurring job is removed.")]
    public static partial void UnknownSchedule(ILogger logger, string schedule);

    [LoggerMessage(1106, LogLevel.Error, "The sweep of schedules failed; it comes again.")]
    public static partial void ScheduleSweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(1107, LogLevel.Error, "Schedule {Schedule} can't be put.")]
    public static partial void ScheduleNotPut(ILogger logger, string schedule, Exception exception);

    [LoggerMessage(1110, LogLevel.Information, "The job of batch {BatchId} is enqueued.")]
    public static partial void JobEnqueued(ILogger logger, string batchId);

    [LoggerMessage(1111, LogLevel.Warning, "The sweep of batches failed; it comes again.")]
    public static partial void SweepFailed(ILogger logger, Exception exception);
}
