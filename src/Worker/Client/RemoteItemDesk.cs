using System.Text.Json.Nodes;
using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;
using Darkroom.Worker.Items;

namespace Darkroom.Worker.Client;

/// <summary>Items through a server. Who asks, the server knows by the key.</summary>
internal sealed class RemoteItemDesk(DarkroomClient client) : IItemDesk
{
    public async Task<BatchActionResult> RetryAsync(string batchId, string key, ItemRetry retry, Actor by, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["again"] = retry.Again };
        if (retry.Prompt is not null) body["prompt"] = retry.Prompt;
        if (retry.Note is not null) body["note"] = retry.Note;
        return await client.FindItemAsync(batchId, key, cancellationToken) is { } item && await client.RetryItemAsync(item.Item, body, cancellationToken) is { } done
            ? new BatchActionResult(true, StateNames.ParseBatchState(done.State), null, done.Items)
            : new BatchActionResult(false, default, null, 0);
    }
}
