using System.Globalization;
using System.Text.Json;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Worker.Access;
using Darkroom.Worker.Client;
using Darkroom.Worker.Client.Shapes;
using Darkroom.Worker.Items;

namespace Darkroom.Worker.Api;

/// <summary>What people do with batches and items.</summary>
internal static class ActionEndpoints
{
    private const int MostItems = 1000;

    public static void Map(IEndpointRouteBuilder api)
    {
        foreach (var action in Enum.GetValues<BatchAction>())
        {
            var name = action.ToString();
            api.MapPost($"/batches/{{batch}}/{name.ToLowerInvariant()}", (HttpContext context, string batch, IBatchStore batches, CancellationToken cancellationToken) =>
                    ApplyAsync(context, batch, action, batches, cancellationToken))
                .RequireAuthorization(AccessDefaults.Operator).WithName($"{name}Batch").WithSummary($"Does what 'darkroom {name.ToLowerInvariant()}' does.").Produces<ActionShape>();
        }

        api.MapPost("/batches/{batch}/retry", RetryAsync).RequireAuthorization(AccessDefaults.Operator)
            .WithName("RetryBatch").WithSummary("Puts items that didn't succeed back to pending; body {\"states\": [\"failed\", \"held\", \"rejected\"]}, failed ones unless said; \"reason\": \"CLASS/CODE\" and \"items\": [ids] narrow it.").Produces<ActionShape>();
        api.MapPost("/batches/{batch}/budget", SetBudgetAsync).RequireAuthorization(AccessDefaults.Operator)
            .WithName("SetBatchBudget").WithSummary("Sets a batch's budget; body {\"max_cost_usd\": \"12.50\"}.").Produces<ActionShape>();
        api.MapPost("/items/{item:long}/retry", RetryItemAsync).RequireAuthorization(AccessDefaults.Operator)
            .WithName("RetryItem").WithSummary("Puts one item that didn't succeed back to pending; body {\"prompt\": \"…\"} for another prompt, {\"note\": \"…\"} to put a line behind it. With {\"again\": true} one that succeeded is made, and paid for, again.").Produces<ActionShape>();
    }

    private static async Task<IResult> ApplyAsync(HttpContext context, string batch, BatchAction action, IBatchStore batches, CancellationToken cancellationToken)
    {
        await BodyReader.ReadAsync(context.Request, [], cancellationToken);
        return Result(batch, await batches.ApplyAsync(BatchEndpoints.Id(batch), action, context.ActorOf(), cancellationToken));
    }

    private static async Task<IResult> RetryAsync(HttpContext context, string batch, IBatchStore batches, CancellationToken cancellationToken)
    {
        var body = await BodyReader.ReadAsync(context.Request, ["states", "reason", "items"], cancellationToken);
        var states = new List<ItemState>();
        if (!body.TryGetProperty("states", out var given)) states.Add(ItemState.Failed);
        else if (given.ValueKind != JsonValueKind.Array) throw Problems.BadField("states", "must be an array");
        else
        {
            foreach (var (at, name) in given.EnumerateArray().Index())
            {
                var known = RetryChoice.Possible.Where(state => name.ValueKind == JsonValueKind.String && name.ValueEquals(state.ToName())).ToList();
                if (known.Count == 0) throw Problems.BadField($"states[{at}]", $"must be among {string.Join(", ", RetryChoice.Possible.Select(state => state.ToName()))}");
                states.Add(known[0]);
            }
        }

        var choice = new RetryChoice(states) { Reason = ReadReason(body), ItemIds = ReadItems(body) };
        return Result(batch, await batches.RetryAsync(BatchEndpoints.Id(batch), choice, context.ActorOf(), cancellationToken), [.. states.Select(state => state.ToName())]);
    }

    private static string? ReadReason(JsonElement body)
    {
        if (!body.TryGetProperty("reason", out var given) || given.ValueKind == JsonValueKind.Null) return null;
        return given.ValueKind == JsonValueKind.String ? QueryReader.Text(given.GetString(), "reason") : throw Problems.BadField("reason", "must be a text, CLASS/CODE");
    }

    private static List<long>? ReadItems(JsonElement body)
    {
        if (!body.TryGetProperty("items", out var given) || given.ValueKind == JsonValueKind.Null) return null;
        if (given.ValueKind != JsonValueKind.Array || given.GetArrayLength() > MostItems) throw Problems.BadField("items", $"must be an array of at most {MostItems} item numbers");
        var ids = new List<long>();
        foreach (var (at, item) in given.EnumerateArray().Index())
            ids.Add(item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var id) ? id : throw Problems.BadField($"items[{at}]", "must be an item's number"));
        return ids;
    }

    private static async Task<IResult> SetBudgetAsync(HttpContext context, string batch, IBatchStore batches, CancellationToken cancellationToken)
    {
        var body = await BodyReader.ReadAsync(context.Request, ["max_cost_usd"], cancellationToken);
        const decimal Most = 1_000_000_000;
        if (!body.TryGetProperty("max_cost_usd", out var text) || text.ValueKind != JsonValueKind.String
            || !decimal.TryParse(text.GetString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var usd) || usd is <= 0 or > Most)
            throw Problems.BadField("max_cost_usd", "must be USD above 0 as a decimal string, such as \"12.50\"");
        await batches.SetMaxCostAsync(BatchEndpoints.Id(batch), usd, context.ActorOf(), cancellationToken);
        var now = await batches.GetAsync(batch, cancellationToken) ?? throw Problems.NotFound($"batch {batch}");
        return TypedResults.Json(new ActionShape(batch, now.State.ToName(), 0), ClientJson.Options);
    }

    private static async Task<IResult> RetryItemAsync(HttpContext context, long item, ItemRetries retries, IItemBrowser items, CancellationToken cancellationToken)
    {
        var body = await BodyReader.ReadAsync(context.Request, ["prompt", "note", "again"], cancellationToken);
        var again = false;
        if (body.TryGetProperty("again", out var asked) && asked.ValueKind != JsonValueKind.Null)
            again = asked.ValueKind is JsonValueKind.True or JsonValueKind.False ? asked.GetBoolean() : throw Problems.BadField("again", "must be true or false");
        var row = (await items.GetRowsAsync([item], cancellationToken)).FirstOrDefault() ?? throw Problems.NotFound($"item {item}");
        try
        {
            return Result(row.BatchId, await retries.RetryAsync(item, new ItemRetry(Text(body, "prompt"), Text(body, "note"), again), context.ActorOf(), cancellationToken));
        }
        catch (ItemRetryException fault)
        {
            throw Problems.BadField(fault.Field, fault.Reason);
        }
    }

    private static string? Text(JsonElement body, string field) => !body.TryGetProperty(field, out var given) || given.ValueKind == JsonValueKind.Null ? null
        : given.ValueKind == JsonValueKind.String ? given.GetString()
        : throw Problems.BadField(field, "must be a text that isn't empty");

    private static IResult Result(string batch, BatchActionResult result, IReadOnlyList<string>? lookedFor = null)
    {
        if (!result.Found) throw Problems.NotFound($"batch {batch}");
        return result.Refusal is { } refusal
            ? Problems.Result(Problems.Of(StatusCodes.Status409Conflict, "not-now", "It can't be done now", refusal) with { Batch = batch })
            : TypedResults.Json(
                new ActionShape(batch, result.State.ToName(), result.Items)
                {
                    Note = result.Note,
                    LookedFor = lookedFor,
                    Counts = result.Counts is { } counts
                        ? new ItemCountsShape(counts.Total, counts.Pending, counts.Sending, counts.Succeeded, counts.Reused, counts.Rejected, counts.Failed, counts.Held, counts.Canceled)
                        : null,
                },
                ClientJson.Options);
    }
}
