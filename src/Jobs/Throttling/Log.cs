using Darkroom.Jobs.Running;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Throttling;

/// <summary>Log messages of throttling; event ids 2200 to 2299.</summary>
internal static partial class Log
{
    /// <summary>At most once per minute and logger.</summary>
    public static void DatabaseAway(ILogger logger, Exception exception)
    {
        if (AwayNotice.IsDue(logger)) StillAway(logger, exception);
    }

    [LoggerMessage(2200, LogLevel.Warning, "Starts couldn't be reserved; trying again.")]
    private static partial void StillAway(ILogger logger, Exception exception);

    [LoggerMessage(2201, LogLevel.Warning, "Calls of {Group} wait {Kept}. The service said to wait {Asked}{Bound}: {Words}")]
    public static partial void ToldToWait(ILogger logger, string group, string kept, string asked, string bound, string words);
}
