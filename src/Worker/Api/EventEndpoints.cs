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
    IChangeFeed feed, IBatchBrowser batches, IWaits waits, IItemBrowser items, IAccessKeyStore keys, Sessions sessions, IOptions<ApiOptions> options, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private const int MostItems = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _streams = new(StringComparer.Ordinal);

    public static void Map(IEndpointRouteBuilder api) => api
        .MapGet("/events", (HttpContext context, EventEndpoints events, string? batch, string? items) => events.ServeAsync(context, batch, items))
        .RequireAuthorization(AccessDefaults.Viewer).DisableRateLimiting().WithName("StreamEvents")
        .WithSummary("Server-sent events of batches and items, resumable by Last-Event-ID; of one batch with ?batch=, without items with ?items=false.").Produces<string>(StatusCodes.Status200OK, "text/event-stream");

    private async Task ServeAsync(HttpContext context, string? batch, string? withItems)
    {
        if (batch is not null) batch = BatchEndpoints.Id(batch);
        var quotas = QuotasOf(context);
        Open(quotas);

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
            Close(quotas);
        }
    }

    // One counter for all, one a key, one a sign-in.
    private List<(string Name, int Most, string Setting)> QuotasOf(HttpContext context)
    {
        List<(string, int, string)> quotas =
        [
            ("all", options.Value.MaxEventStreams, nameof(ApiOptions.MaxEventStreams)),
            ($"key {context.OwnerOf()}", options.Value.EventStreamsPerKey, nameof(ApiOptions.EventStreamsPerKey)),
        ];
        if (Visitors.IsByCookie(context.User) && Sessions.NameOf(context) is { } session) quotas.Add(($"session {session}", options.Value.EventStreamsPerSession, nameof(ApiOptions.EventStreamsPerSession)));
        return quotas;
    }

    private void Open(List<(string Name, int Most, string Setting)> quotas)
    {
        lock (_gate)
        {
            // The narrowest bound first: it says whose streams to close.
            foreach (var (name, most, setting) in Enumerable.Reverse(quotas))
            {
                if (_streams.GetValueOrDefault(name) < most) continue;
                var isShared = name == "all";
                throw new ApiException(Problems.Of(
                    isShared ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status429TooManyRequests, "too-many-streams", "Too many streams",
                    $"{(isShared ? "The worker has" : "You have")} {most} open already. Close some pages, or raise Api:{setting}."));
            }

            foreach (var (name, _, _) in quotas) _streams[name] = _streams.GetValueOrDefault(name) + 1;
        }
    }

    private void Close(List<(string Name, int Most, string Setting)> quotas)
    {
        lock (_gate)
        {
            foreach (var (name, _, _) in quotas)
            {
                if (--_streams[name] == 0) _streams.Remove(name);
            }
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
        var seen = told;
        while (true)
        {
            await Task.Delay(Interval, time, cancellationToken);
            try
            {
                // However much there is to tell: a key that was removed, or a sign-out, ends what it opened.
                if (time.GetElapsedTime(seen) >= Heartbeat)
                {
                    if (!await MayStillAsync(context, cancellationToken)) return;
                    seen = time.GetTimestamp();
                }

                var next = await feed.ReadAsync(position, batch, cancellationToken);
                position = next.Position;
                if (next.IsGap || next.Batches.Count > 0)
                {
                    await TellAsync(output, next, withItems, isFirst: false, cancellationToken);
                    told = time.GetTimestamp();
                }
                else if (time.GetElapsedTime(told) >= Heartbeat)
                {
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

    private async Task<bool> MayStillAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (Visitors.IsByCookie(context.User) && await sessions.FindAsync(context, cancellationToken) is null) return false;
        return context.User.FindFirstValue(AccessDefaults.KeyClaim) is { } id ? await keys.GetAsync(id, cancellationToken) is not null : !await keys.AnyAsync(cancellationToken);
    }
}
