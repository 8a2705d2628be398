using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Retention;

/// <summary>Log messages of the retention; event ids 2700 to 2799.</summary>
internal static partial class Log
{
    [LoggerMessage(2700, LogLevel.Information, "Purged batch {BatchId}: {Files} files, {Bytes} bytes, {Items} items. The ledger keeps what it cost.")]
    public static partial void BatchPurged(ILogger logger, string batchId, long files, long bytes, long items);

    [LoggerMessage(2701, LogLevel.Warning, "Batch {BatchId} couldn't be purged; it is tried again with the next round.")]
    public static partial void PurgePutOff(ILogger logger, Exception exception, string batchId);

    [LoggerMessage(2702, LogLevel.Information, "Batch {BatchId} isn't purged: {Reason}")]
    public static partial void PurgeRefused(ILogger logger, string batchId, string reason);
}
