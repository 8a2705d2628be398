using Darkroom.Jobs.Access;
using Darkroom.Jobs.Manifests;

namespace Darkroom.Jobs.Batches;

/// <summary>Keeps batches.</summary>
public interface IBatchStore : IBatchDesk
{
    /// <summary>
    /// Imports a batch with its items, all or nothing: an exception of <paramref name="items"/> passes through and leaves no trace.
    /// The batch is <see cref="BatchState.Queued"/> afterwards.
    /// </summary>
    /// <returns>How many items there are.</returns>
    /// <exception cref="DuplicateSubmissionException">The batch's <see cref="NewBatch.Submission"/> has been made before, maybe by another process just now.</exception>
    Task<int> ImportAsync(NewBatch batch, IAsyncEnumerable<PlannedItem> items, CancellationToken cancellationToken);

    /// <summary>The batch, or null.</summary>
    Task<Batch?> GetAsync(string batchId, CancellationToken cancellationToken);

    /// <summary>Puts chosen items back to pending, with fresh attempts, and queues a batch that has ended.</summary>
    /// <returns>How many items were put back, in <see cref="BatchActionResult.Items"/>.</returns>
    Task<BatchActionResult> RetryAsync(string batchId, RetryChoice choice, Actor by, CancellationToken cancellationToken);

    /// <summary>Puts one ended item back to pending, with fresh attempts and perhaps another prompt, and queues its batch if it has ended.</summary>
    /// <param name="itemId">The item; failed, held and rejected ones are possible.</param>
    /// <param name="prompt">Its prompt from now on, or null: as it was.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<BatchActionResult> RetryItemAsync(long itemId, string? prompt, Actor by, CancellationToken cancellationToken);

    /// <summary>
    /// Has one item that succeeded made again, and pays for it again, whatever could be reused; its batch is queued again. Its images so far stay in the store, and
    /// are its former ones; what was decided of them (<see cref="Reviews.IReviewStore"/>) doesn't hold for new ones and is taken away, into the audit.
    /// </summary>
    /// <param name="itemId">The item; succeeded and reused ones are possible, unless others share its images.</param>
    /// <param name="prompt">Its prompt from now on, or null: as it was.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<BatchActionResult> RedoItemAsync(long itemId, string? prompt, Actor by, CancellationToken cancellationToken);

    /// <summary>The batch that a submission made, or null.</summary>
    /// <param name="owner">Whose submission: keys of different owners don't meet.</param>
    /// <param name="key">What the owner calls it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Submission?> FindSubmissionAsync(string owner, string key, CancellationToken cancellationToken);

    /// <summary>Stops a queued or running batch for a reason of the system's; no effect on any other.</summary>
    Task HaltAsync(string batchId, string reason, string detail, CancellationToken cancellationToken);

    /// <summary>Ends a running batch that has no open item; lets one whose canary items have all ended, and that has others, wait for approval.</summary>
    /// <returns>The batch as it stands afterwards.</returns>
    Task<Batch> TryFinishAsync(string batchId, CancellationToken cancellationToken);
}
