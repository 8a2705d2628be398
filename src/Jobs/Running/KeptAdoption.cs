using System.Data.Common;
using Darkroom.Jobs.Outputs;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Running;

/// <summary>What became of the item whose images are kept.</summary>
public enum KeptFate
{
    /// <summary>The item was bought again, the attempt is another database's, or its batch is purged: the images stay until they are old.</summary>
    Unused,

    /// <summary>The item is at work: recovery or the item's next run takes the images.</summary>
    Open,

    /// <summary>The item is held for want of its images.</summary>
    Held,

    /// <summary>The item has its images.</summary>
    Stored,
}

/// <summary>
/// Gives held items the images that this worker kept while the store was away (<see cref="KeptImages"/>): first the store, then the database, then the kept files are removed.
/// Each step is safe to repeat, so the process may die between any two.
/// </summary>
public sealed class KeptAdoption(KeepingImageStore images, IItemStore items, TimeProvider time, ILogger<KeptAdoption> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CleaningInterval = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _one = new(1, 1);
    private DateTimeOffset _cleaned = DateTimeOffset.MinValue;

    /// <summary>Looks every few seconds, until canceled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await AdoptAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Log.KeptNotLookedAt(logger, exception);
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    /// <summary>Looks once. What can't be stored yet, or a database that is away, is left to the next look.</summary>
    /// <returns>Items that got their images.</returns>
    public async Task<int> AdoptAsync(CancellationToken cancellationToken)
    {
        var adopted = 0;
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (time.GetUtcNow() - _cleaned > CleaningInterval)
            {
                images.Kept.RemoveAbandoned();
                _cleaned = time.GetUtcNow();
            }

            foreach (var kept in images.Kept.List())
                if (await AdoptAsync(kept, cancellationToken)) adopted++;
        }
        catch (DbException exception) when (DatabaseFaults.IsTransient(exception))
        {
            Log.DatabaseAway(logger, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.KeptUnreadable(logger, images.Kept.Folder, exception.Message);
        }
        finally
        {
            _one.Release();
        }

        return adopted;
    }

    private async Task<bool> AdoptAsync(KeptAttempt kept, CancellationToken cancellationToken)
    {
        var (batchId, attemptId) = (kept.Place.BatchId, kept.Metadata.AttemptId);
        var fate = await items.GetKeptFateAsync(batchId, attemptId, cancellationToken);
        if (fate == KeptFate.Stored)
        {
            KeptImages.Remove(kept);
        }
        else if (fate == KeptFate.Unused && time.GetUtcNow() - kept.KeptAt > KeptImages.LongestUnused)
        {
            KeptImages.Remove(kept);
            Log.KeptTooLong(logger, kept.Folder, batchId, kept.Place.OutputName);
        }
        else if (fate == KeptFate.Held)
        {
            AdoptedOutputs stored;
            try
            {
                stored = await images.StoreAsync(kept, cancellationToken);
            }
            catch (ImageStoreException fault)
            {
                Log.KeptNotStored(logger, kept.Folder, fault.Message);
                return false;
            }

            // Asked for meanwhile by someone who retried it: then its own run takes the images.
            if (!await items.AdoptKeptAsync(batchId, stored, cancellationToken)) return false;
            Log.KeptAdopted(logger, batchId, kept.Place.OutputName, stored.Images.Count);
            KeptImages.Remove(kept);
            return true;
        }

        return false;
    }
}
