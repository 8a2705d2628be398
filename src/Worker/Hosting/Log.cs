namespace Darkroom.Worker.Hosting;

/// <summary>Log messages of the host; event ids 1000 to 1099.</summary>
internal static partial class Log
{
    [LoggerMessage(1003, LogLevel.Error, "Deadlines or webhooks aren't looked after by this process any more; restart it.")]
    public static partial void TellingEnded(ILogger logger, Exception exception);

    [LoggerMessage(1001, LogLevel.Information, "Listening on {Urls}; {Health} tells how it is.")]
    public static partial void Listening(ILogger logger, string urls, string health);

    [LoggerMessage(1010, LogLevel.Warning, "The schema couldn't be looked at; it is again.")]
    public static partial void SchemaUnseen(ILogger logger, Exception exception);

    [LoggerMessage(1002, LogLevel.Critical, "The worker can't go on.")]
    public static partial void CannotGoOn(ILogger logger, Exception exception);
}
