namespace Darkroom.Worker.Telemetry;

/// <summary>Log messages of telemetry; event ids 1250 to 1259.</summary>
internal static partial class Log
{
    [LoggerMessage(1250, LogLevel.Warning, "The queue couldn't be looked at; its metrics stand still until it can.")]
    public static partial void QueueUnseen(ILogger logger, Exception exception);
}
