using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Reuse;

/// <summary>Log messages of reuse; event ids 2700 to 2799.</summary>
internal static partial class Log
{
    [LoggerMessage(2700, LogLevel.Warning, "Item {Key}: whether its source changed can't be told (its host doesn't say, or may not be asked).")]
    public static partial void VersionUnknown(ILogger logger, string key);

    [LoggerMessage(2701, LogLevel.Warning, "Item {Key}: it was paid for before, but {Path} isn't in the store any more; it is bought again.")]
    public static partial void EarlierImageGone(ILogger logger, string key, string path);

    [LoggerMessage(2702, LogLevel.Debug, "Item {Key}: its source's host didn't tell its version in time; a later batch with --reuse can't tell whether it changed.")]
    public static partial void VersionLate(ILogger logger, string key);
}
