using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;

namespace Darkroom.Worker.Items;

/// <summary>Items of this machine's database.</summary>
internal sealed class LocalItemDesk(ItemRetries retries, IItemBrowser items) : IItemDesk
{
    public async Task<BatchActionResult> RetryAsync(string batchId, string key, ItemRetry retry, Actor by, CancellationToken cancellationToken)
    {
        var found = await items.ListAsync(batchId, ItemFilter.All with { Key = key }, new PageRequest(null, 1), cancellationToken);
        return found.Rows is [var row] ? await retries.RetryAsync(row.Id, retry, by, cancellationToken) : new BatchActionResult(false, default, null, 0);
    }
}
