using System.Security.Claims;
using System.Text.Json;
using Darkroom.Jobs.Access;
using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Changes;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Waits;
using Darkroom.Worker.Access;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Api;

/// <summary>
/// <c>/v1/events</c>: server-sent events. <c>batch</c> and <c>item</c> tell how a batch or an item stands now; <c>reset</c> says that something was passed over and is to be
/// read anew. The id comes with the last event of a set, so that a stream which breaks within a set is told all of it again: events repeat, and none is lost.
/// </summary>
internal sealed class EventEndpoints(
    IChangeFeed feed, IBatchBrowser batches, IWaits waits, IItemBrowser items, IAccessKeyStore keys, IOptions<ApiOptions> options, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private const int MostItems = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private int _streams;

    public static void Map(IEndpointRouteBuilder api) => api
        .MapGet("/events", (HttpContext context, EventEndpoints events, string? batch, string? items) => events.ServeAsync(context, batch, items))
        .RequireAuthorization(DoorDefaults.Viewer).WithName("StreamEvents")
        .WithSummary("Server-sent events of batches and items, resumable by Last-Event-ID; of one batch with ?batch=, without items with ?items=false.").Produces<string>(StatusCodes.Status200OK, "text/event-stream");

    private async Task ServeAsync(HttpContext context, string? batch, string? withItems)
    {
        if (batch is not null) batch = BatchEndpoints.Id(batch);
        if (Interlocked.Increment(ref _streams) > options.Value.MaxEventStreams)
        {
            Interlocked.Decrement(ref _streams);
            throw new ApiException(Problems.Of(StatusCodes.Status503ServiceUnavailable, "too-many-streams", "Too many streams", "Close some, or raise Api:MaxEventStreams."));
        }

        // A host that stops doesn't wait for streams that never end.
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            var first = await BeginAsync(context, batch, ends.Token);
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers["X-Accel-Buffering"] = "no";
            await StreamAsync(context, first, batch, withItems != "false", ends.Token);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested && context.Response.HasStarted)
        {
            // The client left, or the host stops: the client comes back to another one.
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }

    private async Task<ChangeSet> BeginAsync(HttpContext context, string? batch, CancellationToken cancellationToken)
    {
        if (context.Request.Headers["Last-Event-ID"].ToString() is not { Length: > 0 } last) return new ChangeSet(await feed.GetPositionAsync(cancellationToken), IsGap: false, []);
        try
        {
            return await feed.ReadAsync(last, batch, cancellationToken);
        }
        catch (FormatException)
        {
            throw Problems.BadField("Last-Event-ID", "must be the id of an event of this stream");
        }
    }

    private async Task StreamAsync(HttpContext context, ChangeSet changes, string? batch, bool withItems, CancellationToken cancellationToken)
    {
        var output = new EventWriter(context.Response);
        await TellAsync(output, changes, withItems, isFirst: true, cancellationToken);
        var position = changes.Position;
        var told = time.GetTimestamp();
        while (true)
        {
            await Task.Delay(Interval, time, cancellationToken);
            try
            {
                var next = await feed.ReadAsync(position, batch, cancellationToken);
                position = next.Position;
                if (next.IsGap || next.Batches.Count > 0)
                {
                    await TellAsync(output, next, withItems, isFirst: false, cancellationToken);
                    told = time.GetTimestamp();
                }
                else if (time.GetElapsedTime(told) >= Heartbeat)
                {
                    if (!await MayStillAsync(context, cancellationToken)) return;
                    // With its position: whoever comes back after a quiet hour isn't told to begin anew.
                    await output.WriteAsync("tick", position, default(JsonElement?), cancellationToken);
                    told = time.GetTimestamp();
                }
            }
            catch (Exception exception) when (DatabaseFaults.IsTransient(exception))
            {
                // The position stands: nothing is passed over while the database is away.
                await output.CommentAsync("the database is away", cancellationToken);
            }
        }
    }

    private async Task TellAsync(EventWriter output, ChangeSet changes, bool withItems, bool isFirst, CancellationToken cancellationToken)
    {
        if (changes.IsGap) await output.WriteAsync("reset", id: null, new { reason = "Changes were passed over; read anew what you show." }, cancellationToken);
        var rows = withItems ? changes.Batches.SelectMany(change => change.ItemIds).Take(MostItems + 1).ToList() : [];
        var tooMany = rows.Count > MostItems;
        if (changes.Batches.Count > 0)
        {
            var more = changes.Batches.Where(change => change.HasMoreItems || tooMany).Select(change => change.BatchId).ToHashSet(StringComparer.Ordinal);
            var ids = changes.Batches.Select(change => change.BatchId).ToArray();
            var waiting = await waits.GetAsync(ids, cancellationToken);
            foreach (var status in await batches.GetAsync(ids, cancellationToken))
                await output.WriteAsync("batch", id: null, new { batch = ShapeMaker.Batch(status, waiting.GetValueOrDefault(status.Batch.Id) ?? []), more_items = more.Contains(status.Batch.Id) }, cancellationToken);
        }

        if (rows.Count > 0 && !tooMany)
        {
            foreach (var row in await items.GetRowsAsync(rows, cancellationToken))
                await output.WriteAsync("item", id: null, ShapeMaker.Item(row), cancellationToken);
        }

        await output.WriteAsync(isFirst ? "ready" : "end", changes.Position, default(JsonElement?), cancellationToken);
    }

    private async Task<bool> MayStillAsync(HttpContext context, CancellationToken cancellationToken) => context.User.FindFirstValue(DoorDefaults.KeyClaim) is { } id
        ? await keys.GetAsync(id, cancellationToken) is not null
        : !await keys.AnyAsync(cancellationToken);
}
