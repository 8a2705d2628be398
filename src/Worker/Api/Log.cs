namespace Darkroom.Worker.Api;

/// <summary>Logs of the HTTP API: 1200 to 1299.</summary>
internal static partial class Log
{
    [LoggerMessage(1200, LogLevel.Error, "A request to {Path} failed.")]
    public static partial void RequestFailed(ILogger logger, string path, Exception exception);

    [LoggerMessage(1201, LogLevel.Warning, "Changes can't be folded just now: {Reason}")]
    public static partial void CannotFold(ILogger logger, string reason);
}
