using Darkroom.Jobs.Outputs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Darkroom.Storage.Images;

/// <summary>Removes once, when the host starts, the unfinished files that processes before it have left.</summary>
internal sealed class AbandonedFiles(KeepingImageStore store, ILogger<AbandonedFiles> logger) : BackgroundService
{
    /// <summary>No call takes a day; a file that hasn't grown for so long has nobody who writes to it.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (store.Inner is not FileImageStore files) return;
        await Task.Yield();
        try
        {
            var count = await files.RemoveAbandonedAsync(Age, stoppingToken);
            if (count > 0) Log.AbandonedFilesRemoved(logger, count, files.Location);
        }
        catch (ImageStoreException e)
        {
            // They cost room, nothing else; a store that can't be written says so where it matters.
            Log.AbandonedFilesNotRemoved(logger, e, files.Location);
        }
    }
}
