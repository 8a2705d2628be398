namespace Darkroom.Worker.Results;

/// <summary>Log messages of results files; event ids 1500 to 1599.</summary>
internal static partial class Log
{
    [LoggerMessage(1500, LogLevel.Information, "The results of batch {BatchId} are written beside its images.")]
    public static partial void ResultsWritten(ILogger logger, string batchId);

    [LoggerMessage(1501, LogLevel.Warning, "The results of batch {BatchId} couldn't be written beside its images; a worker tries again.")]
    public static partial void ResultsNotWritten(ILogger logger, Exception exception, string batchId);

    [LoggerMessage(1502, LogLevel.Warning, "The database is away; results files wait for it.")]
    public static partial void ResultsPutOff(ILogger logger, Exception exception);
}
