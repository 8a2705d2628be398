using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// What edit calls log: event ids 2000 to 2099. Ids of batch, item and attempt come from the scope around the call. Nothing here is a warning: the item's
/// runner warns, once for each cause.
/// </summary>
internal static partial class Log
{
    /// <summary>What stands in a message where there is nothing: no request id, no status.</summary>
    public const string None = "none";

    [LoggerMessage(2000, LogLevel.Debug, "Edit answered with HTTP {Status} after {Milliseconds} ms, request {RequestId}")]
    public static partial void Answered(this ILogger logger, int status, long milliseconds, string requestId);

    [LoggerMessage(2001, LogLevel.Debug, "Edit brought {Images} images after {Milliseconds} ms, request {RequestId}")]
    public static partial void Edited(this ILogger logger, int images, long milliseconds, string requestId);

    [LoggerMessage(2002, LogLevel.Information, "Edit came to {Outcome}, {Error}, HTTP {Status}, request {RequestId}: {Message}")]
    public static partial void NotEdited(this ILogger logger, string outcome, string error, object status, string requestId, string message);

    [LoggerMessage(
        2003,
        LogLevel.Information,
        "Edit may be paid for and has no result: {Error} after {Milliseconds} ms, HTTP {Status}, request {RequestId}: {Message}")]
    public static partial void OutcomeUnknown(this ILogger logger, string error, long milliseconds, object status, string requestId, string message);

    [LoggerMessage(2004, LogLevel.Information, "Edit brought all of its {Images} images, then the connection broke: {Reason}")]
    public static partial void BrokeAfterwards(this ILogger logger, int images, string reason);

    [LoggerMessage(2005, LogLevel.Information, "Edit asked for {Wanted} images and brought {Images}, request {RequestId}")]
    public static partial void OtherCount(this ILogger logger, int wanted, int images, string requestId);

    [LoggerMessage(2006, LogLevel.Information, "An image of the answer wasn't fetched at try {Attempt}, and is tried again: {Reason}")]
    public static partial void ImageNotFetchedYet(this ILogger logger, int attempt, string reason);
}
