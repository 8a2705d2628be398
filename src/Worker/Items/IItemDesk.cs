using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;

namespace Darkroom.Worker.Items;

/// <summary>What people do with single items, on this machine or through a server.</summary>
public interface IItemDesk
{
    /// <summary>Puts an item back to pending.</summary>
    /// <param name="batchId">Its batch.</param>
    /// <param name="key">The manifest's id.</param>
    /// <param name="retry">How.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What came of it; not found when there is no such item.</returns>
    /// <exception cref="ItemRetryException">The prompt can't be sent.</exception>
    Task<BatchActionResult> RetryAsync(string batchId, string key, ItemRetry retry, Actor by, CancellationToken cancellationToken);
}
