using Darkroom.Jobs.Outputs;

namespace Darkroom.Jobs.Running;

/// <summary>Keeps items while they are worked on. Everything is done for sets; every write of a claimed item is fenced by its lease token.</summary>
public interface IItemStore
{
    /// <summary>Claims due items of running batches: those of dead processes first, then in manifest order.</summary>
    Task<IReadOnlyList<ClaimedItem>> ClaimAsync(long processId, IReadOnlyCollection<ClaimQuota> quotas, CancellationToken cancellationToken);

    /// <summary>
    /// Writes an attempt <c>sending</c> for each item and moves the item to sending. What comes back is durable.
    /// An item whose claim was lost, or whose batch doesn't run any more, gets null: it must not be sent.
    /// </summary>
    Task<IReadOnlyList<Attempt?>> BeginAttemptsAsync(long processId, IReadOnlyList<ClaimedItem> items, CancellationToken cancellationToken);

    /// <summary>The attempt that a dead process left <c>sending</c>.</summary>
    Task<Attempt> GetOpenAttemptAsync(ClaimedItem item, CancellationToken cancellationToken);

    /// <summary>Completes items, all in one transaction.</summary>
    /// <returns>For each, whether its claim still held; where it didn't, nothing was changed.</returns>
    Task<IReadOnlyList<bool>> CompleteAsync(IReadOnlyList<ItemCompletion> completions, CancellationToken cancellationToken);

    /// <summary>Gives up claims, unchanged. An attempt that was begun for one of them was surely not sent, and is closed as such. Safe to repeat.</summary>
    Task ReleaseAsync(IReadOnlyList<ClaimedItem> items, CancellationToken cancellationToken);

    /// <summary>Leaves a claimed item to recovery, as if this process had died.</summary>
    Task DisownAsync(ClaimedItem item, CancellationToken cancellationToken);

    /// <summary>What became of the item of an attempt whose images were kept.</summary>
    Task<KeptFate> GetKeptFateAsync(string batchId, long attemptId, CancellationToken cancellationToken);

    /// <summary>Makes a held item succeed with the images of its last attempt, which are in the store now. Books nothing: the attempt is booked. A batch that has ended runs again.</summary>
    /// <returns>False when the item isn't held for that attempt any more; nothing was changed then.</returns>
    Task<bool> AdoptKeptAsync(string batchId, AdoptedOutputs kept, CancellationToken cancellationToken);

    /// <summary>The batches of which items may be claimed now, the most urgent first: running ones, and those with items of dead processes, whatever their state.</summary>
    /// <param name="onlyBatchId">The only batch to look at, whose hours don't matter then; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<IReadOnlyList<WorkableBatch>> ListWorkableAsync(string? onlyBatchId, CancellationToken cancellationToken);

    /// <summary>For each batch the time until its next unclaimed item is due: zero when one is due now, null when there is none.</summary>
    Task<IReadOnlyDictionary<string, TimeSpan?>> GetNextDueAsync(IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken);

    /// <summary>What a batch has left.</summary>
    Task<BatchOutlook> GetOutlookAsync(string batchId, CancellationToken cancellationToken);
}
