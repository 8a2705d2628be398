using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Schedules;

/// <summary>Log messages of schedules; event ids 2900 to 2949.</summary>
internal static partial class Log
{
    [LoggerMessage(2901, LogLevel.Information, "Schedule {Schedule}, run of {ScheduledAt:u}: batch {BatchId}.")]
    public static partial void RunStarted(ILogger logger, string schedule, DateTimeOffset scheduledAt, string batchId);

    [LoggerMessage(2902, LogLevel.Error, "Schedule {Schedule}, run of {ScheduledAt:u} failed: {Reason}")]
    public static partial void RunFailed(ILogger logger, string schedule, DateTimeOffset scheduledAt, string reason);

    [LoggerMessage(2903, LogLevel.Warning, "Schedule {Schedule}, run of {ScheduledAt:u} is {State}: {Reason}")]
    public static partial void RunPutOff(ILogger logger, string schedule, DateTimeOffset scheduledAt, string state, string reason);

    [LoggerMessage(2904, LogLevel.Warning, "Schedule {Schedule}: {Warning}")]
    public static partial void RunWarns(ILogger logger, string schedule, string warning);

    [LoggerMessage(2905, LogLevel.Warning, "Schedule {Schedule}: {Reason} That was try {Try} of {Tries}; the next one comes in {Wait}.")]
    public static partial void ManifestUnavailable(ILogger logger, string schedule, string reason, int @try, int tries, string wait);

    [LoggerMessage(2907, LogLevel.Error, "Schedule {Schedule} can't be dealt with here.")]
    public static partial void ScheduleFailed(ILogger logger, string schedule, Exception exception);
}
