using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Throttling;

/// <summary>Log messages of throttling; event ids 2200 to 2299.</summary>
internal static partial class Log
{
    [LoggerMessage(2200, LogLevel.Warning, "Starts couldn't be reserved; trying again.")]
    public static partial void DatabaseAway(ILogger logger, Exception exception);
}
