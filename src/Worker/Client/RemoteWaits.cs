using Darkroom.Jobs.Waits;
using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Client;

/// <summary>What batches wait for, through a server.</summary>
internal sealed class RemoteWaits(DarkroomClient client) : IWaits
{
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<BatchWait>>> GetAsync(IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken)
    {
        // Of several batches only lists are asked for, which are the newest ones.
        IReadOnlyList<BatchShape> batches = batchIds.Count == 1
            ? await client.FindBatchAsync(batchIds.First(), cancellationToken) is { } one ? [one] : []
            : await client.ListBatchesAsync(batchIds.Count, cancellationToken);
        return batches.Where(batch => batch.Waits is { Count: > 0 } && batchIds.Contains(batch.Batch))
            .ToDictionary(batch => batch.Batch, IReadOnlyList<BatchWait> (batch) => [.. batch.Waits!.Select(wait => wait.ToWait())], StringComparer.Ordinal);
    }
}
