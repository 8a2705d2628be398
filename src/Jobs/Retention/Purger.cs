using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Uploads;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Retention;

/// <summary>
/// Removes a finished batch: its images and results in the store, what was uploaded for it, and its rows. Killed after any step it is begun again and goes on: marked first,
/// then the files, then the rows, so that no row that names a file is gone while the file is there. The ledger, and with it every report, stays as it is.
/// </summary>
public sealed class Purger(IPurgeStore store, IOutputFiles files, UploadCleanup uploads, ILogger<Purger> logger)
{
    private const int FilesAtOnce = 8;
    private const int ItemsAtOnce = 1000;

    /// <summary>Purges a batch.</summary>
    /// <exception cref="ImageStoreException">A file can't be removed; the batch stays marked, and a repetition goes on.</exception>
    public async Task<PurgeResult> PurgeAsync(string batchId, CancellationToken cancellationToken)
    {
        if (await store.BeginAsync(batchId, cancellationToken) is { } refusal) return new PurgeResult(batchId, 0, 0, 0, refusal);
        await uploads.RunAsync(cancellationToken);
        var (count, bytes) = await RemoveFilesAsync($"{batchId}/", cancellationToken);
        await foreach (var stem in store.ReadStemsAsync(batchId, cancellationToken))
        {
            var (more, moreBytes) = await RemoveFilesAsync(stem, cancellationToken);
            (count, bytes) = (count + more, bytes + moreBytes);
        }

        long items = 0;
        while (await store.RemoveItemsAsync(batchId, ItemsAtOnce, cancellationToken) is var removed and > 0) items += removed;
        await store.RemoveBatchAsync(batchId, cancellationToken);
        Log.BatchPurged(logger, batchId, count, bytes, items);
        return new PurgeResult(batchId, count, bytes, items, null);
    }

    private async Task<(long Files, long Bytes)> RemoveFilesAsync(string prefix, CancellationToken cancellationToken)
    {
        long count = 0, bytes = 0;
        foreach (var root in (string[])["", AttemptPlace.AsideRoot])
        {
            await Parallel.ForEachAsync(
                files.ListAsync(root + prefix, cancellationToken),
                new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = cancellationToken },
                async (file, cancel) =>
                {
                    if (!await files.DeleteAsync(file.Path, cancel)) return;
                    Interlocked.Increment(ref count);
                    Interlocked.Add(ref bytes, file.Bytes);
                });
        }

        return (count, bytes);
    }
}
