using Microsoft.Extensions.Logging;

namespace Darkroom.Storage.Images;

/// <summary>What the image stores log; event ids 3100 to 3199.</summary>
internal static partial class Log
{
    [LoggerMessage(3100, LogLevel.Warning, "The unfinished file {File} couldn't be removed; it is left to the next sweep.")]
    public static partial void UnfinishedFileLeft(ILogger logger, Exception exception, string file);

    [LoggerMessage(3101, LogLevel.Information, "Removed {Count} unfinished files of processes that are gone from {Location}.")]
    public static partial void AbandonedFilesRemoved(ILogger logger, int count, string location);

    [LoggerMessage(3102, LogLevel.Warning, "Unfinished files of processes that are gone couldn't be removed from {Location}.")]
    public static partial void AbandonedFilesNotRemoved(ILogger logger, Exception exception, string location);

    [LoggerMessage(3190, LogLevel.Warning, "The storage doesn't answer; images that are paid for wait for it until {Until:u} (Storage__Azure__Patience).")]
    public static partial void StorageAwaited(ILogger logger, DateTimeOffset until);
}
