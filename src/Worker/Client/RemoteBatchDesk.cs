using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Outputs;
using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Client;

/// <summary>Batches through a server. Who asks, the server knows by the key.</summary>
internal sealed class RemoteBatchDesk(DarkroomClient client) : IBatchDesk
{
    public async Task<BatchStatus?> GetStatusAsync(string batchId, CancellationToken cancellationToken) =>
        await client.FindBatchAsync(batchId, cancellationToken) is { } batch ? Understand(() => Read(batch)) : null;

    public async Task<IReadOnlyList<BatchStatus>> ListAsync(int limit, CancellationToken cancellationToken) =>
        [.. (await client.ListBatchesAsync(limit, cancellationToken)).Select(batch => Understand(() => Read(batch)))];

    public async IAsyncEnumerable<ItemResult> ReadResultsAsync(string batchId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var result in client.ReadResultsAsync(batchId, cancellationToken)) yield return Understand(() => Read(result));
    }

    public async Task<BatchActionResult> ApplyAsync(string batchId, BatchAction action, Actor by, CancellationToken cancellationToken) =>
        Read(await client.ActAsync(batchId, action.ToString().ToLowerInvariant(), body: null, cancellationToken));

    public async Task<BatchActionResult> RetryAsync(string batchId, IReadOnlyCollection<ItemState> states, Actor by, CancellationToken cancellationToken) =>
        Read(await client.ActAsync(batchId, "retry", new JsonObject { ["states"] = new JsonArray([.. states.Select(state => (JsonNode)state.ToName())]) }, cancellationToken));

    public async Task SetMaxCostAsync(string batchId, decimal maxCostUsd, Actor by, CancellationToken cancellationToken) =>
        await client.ActAsync(batchId, "budget", new JsonObject { ["max_cost_usd"] = maxCostUsd.ToString(CultureInfo.InvariantCulture) }, cancellationToken);

    // A state or an amount that this program can't read: another version's, or another service's.
    private T Understand<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException exception)
        {
            throw new NotAWorkerException(client.Address, exception.Message.TrimEnd('.'), exception);
        }
    }

    private static BatchActionResult Read(ActionShape? action) => action is null
        ? new BatchActionResult(false, default, null, 0)
        : new BatchActionResult(true, StateNames.ParseBatchState(action.State), null, action.Items) { Note = action.Note, Counts = action.Counts is { } counts ? Read(counts) : null };

    private static ItemCounts Read(ItemCountsShape items) =>
        new(items.Pending, items.Sending, items.Succeeded, items.Reused, items.Rejected, items.Failed, items.Held, items.Canceled);

    private static BatchStatus Read(BatchShape batch) => new(
        new Batch(batch.Batch, batch.Name, StateNames.ParseBatchState(batch.State), batch.Reason, batch.Detail, batch.Priority, batch.CreatedAt, batch.FinishedAt),
        Read(batch.Items),
        Read(batch.Tokens),
        RemoteMoney.Read(batch.CostUsd),
        RemoteMoney.Read(batch.UnconfirmedUsd),
        batch.UnpricedCalls)
    {
        EstimatedUsd = RemoteMoney.Read(batch.EstimatedUsd),
    };

    private static ItemResult Read(ResultShape result) => new(
        result.Id,
        StateNames.ParseItemState(result.State),
        result.Attempts,
        [.. result.Outputs.Select((output, at) => new StoredImage(at, output.Path, output.Bytes, output.Sha256, output.Format, output.Width, output.Height))],
        Read(result.Tokens),
        result.CostUsd is { } cost ? RemoteMoney.Read(cost) : null,
        RemoteMoney.Read(result.UnconfirmedUsd),
        result.ReusedFrom,
        result.Error is { } error ? new ItemError(error.Class, error.Code, error.Message, error.RequestId, error.Details?.GetRawText()) : null)
    {
        EstimatedUsd = RemoteMoney.Read(result.EstimatedUsd),
        TraceId = result.TraceId,
    };

    private static TokenUsage Read(TokensShape tokens) => new(tokens.InputText, tokens.InputImage, tokens.OutputText, tokens.OutputImage);
}
