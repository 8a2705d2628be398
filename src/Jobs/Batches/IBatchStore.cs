using Darkroom.Jobs.Manifests;

namespace Darkroom.Jobs.Batches;

/// <summary>Keeps batches.</summary>
public interface IBatchStore
{
    /// <summary>
    /// Imports a batch with its items, all or nothing: an exception of <paramref name="items"/> passes through and leaves no trace.
    /// The batch is <see cref="BatchState.Running"/> afterwards.
    /// </summary>
    /// <returns>How many items there are.</returns>
    Task<int> ImportAsync(NewBatch batch, IAsyncEnumerable<PlannedItem> items, CancellationToken cancellationToken);

    /// <summary>The batch, or null.</summary>
    Task<Batch?> GetAsync(string batchId, CancellationToken cancellationToken);

    /// <summary>The batch with counts and cost, or null.</summary>
    Task<BatchStatus?> GetStatusAsync(string batchId, CancellationToken cancellationToken);

    /// <summary>The newest batches with counts and cost.</summary>
    Task<IReadOnlyList<BatchStatus>> ListAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Every item of a batch in manifest order, streamed.</summary>
    IAsyncEnumerable<ItemResult> ReadResultsAsync(string batchId, CancellationToken cancellationToken);

    /// <summary>Does what a person asked. Repeating it is no error; what can't be done comes back with the reason.</summary>
    Task<BatchActionResult> ApplyAsync(string batchId, BatchAction action, CancellationToken cancellationToken);

    /// <summary>Puts ended items back to pending, with fresh attempts, and the batch back to running.</summary>
    /// <param name="batchId">The batch.</param>
    /// <param name="states">Which: failed, held and rejected ones are possible.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How many items were put back, in <see cref="BatchActionResult.Items"/>.</returns>
    Task<BatchActionResult> RetryAsync(string batchId, IReadOnlyCollection<ItemState> states, CancellationToken cancellationToken);

    /// <summary>Sets a batch's budget.</summary>
    /// <param name="batchId">The batch.</param>
    /// <param name="maxCostUsd">USD that the batch may cost in all, unconfirmed calls at their worst included; above zero.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task SetMaxCostAsync(string batchId, decimal maxCostUsd, CancellationToken cancellationToken);

    /// <summary>Stops a running batch for a reason of the system's; no effect on one that doesn't run.</summary>
    Task HaltAsync(string batchId, string reason, string detail, CancellationToken cancellationToken);

    /// <summary>Ends a running batch that has no open item; lets one whose canary items have all ended, and that has others, wait for approval.</summary>
    /// <returns>The batch as it stands afterwards.</returns>
    Task<Batch> TryFinishAsync(string batchId, CancellationToken cancellationToken);
}
