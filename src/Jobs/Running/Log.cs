using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Running;

/// <summary>Log messages of running; event ids 2100 to 2199.</summary>
internal static partial class Log
{
    /// <summary>At most once per minute and logger.</summary>
    public static void DatabaseAway(ILogger logger, Exception exception)
    {
        if (AwayNotice.IsDue(logger)) StillAway(logger, exception);
    }

    [LoggerMessage(2100, LogLevel.Warning, "The database is away; trying again.")]
    private static partial void StillAway(ILogger logger, Exception exception);

    [LoggerMessage(2101, LogLevel.Information, "Process {ProcessId} is registered.")]
    public static partial void ProcessRegistered(ILogger logger, long processId);

    [LoggerMessage(2102, LogLevel.Warning, "The lease wasn't renewed for {Silence}; others may have taken this process's items.")]
    public static partial void LeaseLate(ILogger logger, string silence);

    [LoggerMessage(2106, LogLevel.Debug, "Item {Key}: {AttemptState}, next {Next}.")]
    public static partial void ItemCompleted(ILogger logger, string key, string attemptState, string next);

    [LoggerMessage(2107, LogLevel.Warning, "Item {Key}: the claim was lost before its completion was written; nothing was changed.")]
    public static partial void ClaimLost(ILogger logger, string key);

    [LoggerMessage(2108, LogLevel.Error, "Batch {BatchId} is halted: {Reason}. {Detail}")]
    public static partial void BatchHalted(ILogger logger, string batchId, string reason, string detail);

    [LoggerMessage(2109, LogLevel.Warning, "Item {Key}: its process died in a call; {Found}.")]
    public static partial void Recovered(ILogger logger, string key, string found);

    [LoggerMessage(2110, LogLevel.Error, "Item {Key}: work on it broke off.")]
    public static partial void ItemBroke(ILogger logger, string key, Exception exception);

    [LoggerMessage(2111, LogLevel.Information, "Stopping: nothing more is claimed; {InFlight} in flight may take {DrainTime}.")]
    public static partial void Draining(ILogger logger, int inFlight, string drainTime);

    [LoggerMessage(2112, LogLevel.Warning, "The drain time is over with {InFlight} in flight; their calls are left to recovery.")]
    public static partial void DrainOver(ILogger logger, int inFlight);

    [LoggerMessage(2114, LogLevel.Warning, "Item {Key}: {Error}: {Message}")]
    public static partial void ItemTrouble(ILogger logger, string key, string error, string message);

    [LoggerMessage(2118, LogLevel.Warning, "Item {Key}: asked for {Wanted} images and got {Images}.")]
    public static partial void OtherCount(ILogger logger, string key, int wanted, int images);

    [LoggerMessage(2119, LogLevel.Warning, "Batch {BatchId}: {Count} times more in {Span}: {Cause}.")]
    public static partial void MoreOfTheSame(ILogger logger, string batchId, long count, string span, string cause);

    [LoggerMessage(2115, LogLevel.Information, "Batch {BatchId} has ended: {State}.")]
    public static partial void BatchEnded(ILogger logger, string batchId, string state);

    [LoggerMessage(2300, LogLevel.Debug, "The job of batch {BatchId} has nothing to do here.")]
    public static partial void JobDeclined(ILogger logger, string batchId);

    [LoggerMessage(2301, LogLevel.Information, "The job of batch {BatchId} begins.")]
    public static partial void JobBegun(ILogger logger, string batchId);

    [LoggerMessage(2302, LogLevel.Information, "The job of batch {BatchId} ended; the batch is {State}.")]
    public static partial void JobEnded(ILogger logger, string batchId, string state);

    [LoggerMessage(2303, LogLevel.Error, "Batch {BatchId} is halted: the image store takes no writes.")]
    public static partial void StoreRefuses(ILogger logger, string batchId, Exception exception);

    [LoggerMessage(2307, LogLevel.Error, "Batch {BatchId} is halted: refused_alike. {Detail}")]
    public static partial void RefusedAlike(ILogger logger, string batchId, string detail);

    [LoggerMessage(2116, LogLevel.Error, "The database refused a set of {Count} writes; they are written one by one.")]
    public static partial void SetRefused(ILogger logger, int count, Exception exception);

    [LoggerMessage(2120, LogLevel.Information, "Batch {BatchId}, {OutputName}: {Images} images that this worker kept are in the store now.")]
    public static partial void KeptAdopted(ILogger logger, string batchId, string outputName, int images);

    [LoggerMessage(2121, LogLevel.Debug, "The images kept in {Folder} can't be stored yet: {Message}")]
    public static partial void KeptNotStored(ILogger logger, string folder, string message);

    [LoggerMessage(2122, LogLevel.Warning, "Removed the images kept in {Folder}: no item could use them for 30 days (batch {BatchId}, {OutputName}).")]
    public static partial void KeptTooLong(ILogger logger, string folder, string batchId, string outputName);

    [LoggerMessage(2123, LogLevel.Warning, "The folder of kept images, {Folder}, can't be looked through or cleaned: {Message}")]
    public static partial void KeptUnreadable(ILogger logger, string folder, string message);

    [LoggerMessage(2124, LogLevel.Error, "Looking after kept images broke off; it is tried again.")]
    public static partial void KeptNotLookedAt(ILogger logger, Exception exception);

    [LoggerMessage(2117, LogLevel.Warning, "The database is away, so this process couldn't be retired; what it held is free when its lease ends.")]
    public static partial void NotRetired(ILogger logger, Exception exception);
}
