using Darkroom.Jobs.Access;

namespace Darkroom.Jobs.Batches;

/// <summary>What people do with batches that are there, on this machine or through a server.</summary>
public interface IBatchDesk
{
    /// <summary>The batch with counts and cost, or null.</summary>
    Task<BatchStatus?> GetStatusAsync(string batchId, CancellationToken cancellationToken);

    /// <summary>The newest batches with counts and cost.</summary>
    Task<IReadOnlyList<BatchStatus>> ListAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Every item of a batch in manifest order, streamed.</summary>
    IAsyncEnumerable<ItemResult> ReadResultsAsync(string batchId, CancellationToken cancellationToken);

    /// <summary>Does what a person asked. Repeating it is no error; what can't be done comes back with the reason.</summary>
    Task<BatchActionResult> ApplyAsync(string batchId, BatchAction action, Actor by, CancellationToken cancellationToken);

    /// <summary>Puts ended items back to pending, with fresh attempts, and queues a batch that has ended.</summary>
    /// <param name="batchId">The batch.</param>
    /// <param name="states">Which: failed, held and rejected ones are possible.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How many items were put back, in <see cref="BatchActionResult.Items"/>.</returns>
    Task<BatchActionResult> RetryAsync(string batchId, IReadOnlyCollection<ItemState> states, Actor by, CancellationToken cancellationToken);

    /// <summary>Sets a batch's budget.</summary>
    /// <param name="batchId">The batch.</param>
    /// <param name="maxCostUsd">USD that the batch may cost in all, unconfirmed calls at their worst included; above zero.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task SetMaxCostAsync(string batchId, decimal maxCostUsd, Actor by, CancellationToken cancellationToken);
}
