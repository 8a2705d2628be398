namespace Darkroom.Jobs.Retention;

/// <summary>Keeps what is purged. Everything is safe to repeat: a purge that was killed goes on where it stopped.</summary>
public interface IPurgeStore
{
    /// <summary>What a purge of a batch would remove, and why it can't be purged if so; null when there is no such batch.</summary>
    Task<PurgePlan?> PlanAsync(string batchId, CancellationToken cancellationToken);

    /// <summary>The batches whose purge has begun; and those that ended longer ago than <paramref name="age"/> and may be purged, the oldest first.</summary>
    /// <param name="age">Null: only those whose purge has begun.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<IReadOnlyList<string>> FindAsync(TimeSpan? age, CancellationToken cancellationToken);

    /// <summary>Marks a batch: from here on it can only be purged. Its uploaded files are marked for deletion at the service.</summary>
    /// <returns>Null, or why it can't be purged.</returns>
    Task<string?> BeginAsync(string batchId, CancellationToken cancellationToken);

    /// <summary>What paths of the batch's images begin with, where that isn't <c>BATCH/</c>.</summary>
    IAsyncEnumerable<string> ReadStemsAsync(string batchId, CancellationToken cancellationToken);

    /// <summary>Removes items of a marked batch with their attempts and outputs. The ledger keeps its rows, and what repricing needs of the items.</summary>
    /// <returns>How many were removed; 0 when none is left.</returns>
    Task<int> RemoveItemsAsync(string batchId, int limit, CancellationToken cancellationToken);

    /// <summary>Removes a marked batch that has no items left, and all that hangs on it.</summary>
    Task RemoveBatchAsync(string batchId, CancellationToken cancellationToken);

    /// <summary>Makes this process the only one that runs the retention, until what it gets is disposed or the process dies.</summary>
    /// <returns>Null when another process is at it.</returns>
    Task<IAsyncDisposable?> TryTakeTurnAsync(CancellationToken cancellationToken);
}
