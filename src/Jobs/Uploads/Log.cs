using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Uploads;

/// <summary>Log messages of uploads; event ids 2400 to 2499.</summary>
internal static partial class Log
{
    [LoggerMessage(2400, LogLevel.Information, "Uploaded {Bytes} bytes as {FileId}.")]
    public static partial void Uploaded(ILogger logger, long bytes, string fileId);

    [LoggerMessage(2401, LogLevel.Warning, "The service doesn't know the uploaded file {FileId} any more; it is uploaded again.")]
    public static partial void UploadGone(ILogger logger, string fileId);

    [LoggerMessage(2402, LogLevel.Debug, "'{Path}' can't be uploaded and is sent inline: {Reason}")]
    public static partial void SentInline(ILogger logger, string path, string reason);

    [LoggerMessage(2403, LogLevel.Information, "Deleted the uploaded file {FileId}.")]
    public static partial void UploadDeleted(ILogger logger, string fileId);

    [LoggerMessage(2404, LogLevel.Warning, "{Count} uploaded files weren't deleted, and are tried again with the next batch that ends: {Reason}")]
    public static partial void UploadsNotDeleted(ILogger logger, int count, string reason);

    [LoggerMessage(2407, LogLevel.Information, "Another process uploads '{Path}'; waiting until it has, or its lease ends.")]
    public static partial void UploadAwaited(ILogger logger, string path);

    [LoggerMessage(2406, LogLevel.Debug, "Fetched the source of {What}: {Bytes} bytes of {Format}.")]
    public static partial void SourceFetched(ILogger logger, string what, long bytes, string format);

    [LoggerMessage(2405, LogLevel.Warning, "The database is away; uploaded files that no batch needs are deleted when the next batch ends.")]
    public static partial void CleanupPutOff(ILogger logger, Exception exception);
}
