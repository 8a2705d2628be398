using System.Text;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Waits;
using Darkroom.Worker.Access;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Client;
using Darkroom.Worker.Client.Shapes;

namespace Darkroom.Worker.Api;

/// <summary><c>/v1/batches</c>: submitting, listing, looking.</summary>
internal static class BatchEndpoints
{
    private static readonly string[] ManifestTypes = ["application/jsonl", "application/x-ndjson", "application/json", "text/csv", "multipart/form-data", "application/octet-stream"];

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/batches", SubmitAsync).RequireAuthorization(AccessDefaults.Operator).DisableAntiforgery().WithMetadata(new ReadsWholeQuery())
            .WithName("SubmitBatch").WithSummary("Submits a manifest (JSONL, JSON or CSV), as the body or as part 'manifest' of a form. The flags of 'darkroom submit' are taken as query parameters or form fields. With an Idempotency-Key, a repeated call gives the same batch.")
            .Accepts<object>("application/jsonl", ManifestTypes[1..]).Produces<SubmittedShape>(StatusCodes.Status201Created).Produces<SubmittedShape>();
        api.MapPost("/estimates", EstimateAsync).RequireAuthorization(AccessDefaults.Operator).WithMetadata(new ReadsWholeQuery())
            .WithName("EstimateManifest").WithSummary("What a manifest comes to, and its problems by line and field; nothing is imported. Takes what submitting takes.")
            .Accepts<object>("application/jsonl", ManifestTypes[1..]).Produces<JsonObject>();
        api.MapGet("/batches", ListAsync).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("ListBatches").WithSummary("Batches with counts and cost, the newest first.").Produces<BatchPageShape>();
        api.MapGet("/batches/{batch}", GetAsync).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("GetBatch").WithSummary("A batch with counts, cost and estimate.").Produces<BatchShape>();
        api.MapGet("/batches/{batch}/items", ListItemsAsync).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("ListItems").WithSummary("A batch's items in manifest order. Searching by text or tag looks through 5,000 rows a page.").Produces<ItemPageShape>();
        api.MapGet("/batches/{batch}/reasons", ListReasonsAsync).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("ListReasons").WithSummary("Why items of a batch didn't succeed, with counts.").Produces<IReadOnlyList<ReasonShape>>();
        api.MapGet("/batches/{batch}/results", GetResultsAsync).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("GetResults").WithSummary("A line an item, as 'darkroom results' prints it: jsonl or csv, streamed.").Produces<ResultShape>(StatusCodes.Status200OK, "application/jsonl", "text/csv");
    }

    private static async Task<IResult> SubmitAsync(HttpContext context, BatchSubmission submission, CancellationToken cancellationToken)
    {
        var key = context.Request.Headers.TryGetValue("Idempotency-Key", out var given) ? given.ToString() : null;
        await using var upload = await ManifestUpload.ReadAsync(context, cancellationToken);
        var (submitted, isRepeated) = await submission.SubmitAsync(upload, context.ActorOf(), context.OwnerOf(), key, cancellationToken);
        if (isRepeated) context.Response.Headers["Idempotent-Replayed"] = "true";
        context.Response.Headers.Location = $"/v1/batches/{submitted.Batch}";
        return TypedResults.Json(submitted, ClientJson.Options, statusCode: isRepeated ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    private static async Task<IResult> EstimateAsync(HttpContext context, BatchSubmission submission, CancellationToken cancellationToken)
    {
        await using var upload = await ManifestUpload.ReadAsync(context, cancellationToken);
        return TypedResults.Json(EstimateJson.Estimate(await submission.EstimateAsync(upload, cancellationToken)));
    }

    private static async Task<IResult> ListAsync(
        IBatchBrowser batches, IWaits waits, string[]? state, string? text, string? tag, string? after, string? limit, CancellationToken cancellationToken)
    {
        var filter = new BatchFilter { States = QueryReader.BatchStates(state), Text = QueryReader.Text(text, "text"), Tag = QueryReader.Tag(tag) };
        var page = await batches.ListAsync(filter, QueryReader.Page(after, limit), cancellationToken);
        var counts = await batches.CountAsync(cancellationToken);
        var waiting = await waits.GetAsync([.. page.Rows.Select(status => status.Batch.Id)], cancellationToken);
        return TypedResults.Json(
            new BatchPageShape([.. page.Rows.Select(status => ShapeMaker.Batch(status, waiting.GetValueOrDefault(status.Batch.Id) ?? []))], page.Next, counts.ToDictionary(count => count.Key.ToName(), count => count.Value, StringComparer.Ordinal)),
            ClientJson.Options);
    }

    private static async Task<IResult> GetAsync(string batch, IBatchStore batches, IEstimateStore estimates, IWaits waits, CancellationToken cancellationToken)
    {
        var status = await batches.GetStatusAsync(Id(batch), cancellationToken) ?? throw Problems.NotFound($"batch {batch}");
        var json = JsonShapes.Status(status, await estimates.GetAsync(batch, cancellationToken));
        json["waits"] = JsonShapes.Waits((await waits.GetAsync([batch], cancellationToken)).GetValueOrDefault(batch) ?? []);
        return TypedResults.Json(json);
    }

    private static async Task<IResult> ListItemsAsync(
        string batch, IBatchStore batches, IItemBrowser items, string[]? state, string? reason, string? key, string? text, string? tag, string? after, string? limit,
        CancellationToken cancellationToken)
    {
        var filter = new ItemFilter
        {
            States = QueryReader.ItemStates(state),
            Reason = QueryReader.Text(reason, "reason"),
            Key = QueryReader.Text(key, "key"),
            Text = QueryReader.Text(text, "text"),
            Tag = QueryReader.Tag(tag),
        };
        var page = QueryReader.Page(after, limit);
        if (await batches.GetAsync(Id(batch), cancellationToken) is null) throw Problems.NotFound($"batch {batch}");
        var found = await items.ListAsync(batch, filter, page, cancellationToken);
        return TypedResults.Json(new ItemPageShape([.. found.Rows.Select(ShapeMaker.Item)], found.Next), ClientJson.Options);
    }

    private static async Task<IResult> ListReasonsAsync(string batch, IBatchStore batches, IBatchBrowser browser, CancellationToken cancellationToken)
    {
        if (await batches.GetAsync(Id(batch), cancellationToken) is null) throw Problems.NotFound($"batch {batch}");
        var reasons = await browser.CountReasonsAsync(batch, cancellationToken);
        return TypedResults.Json(reasons.Select(reason => new ReasonShape(reason.Reason, reason.Message, reason.Items, reason.IsMore)), ClientJson.Options);
    }

    private static async Task<IResult> GetResultsAsync(HttpContext context, string batch, IBatchStore batches, string? format, string? problems, CancellationToken cancellationToken)
    {
        var isCsv = format switch { null or "jsonl" => false, "csv" => true, _ => throw Problems.BadField("format", "must be jsonl or csv") };
        var onlyProblems = problems switch { null or "false" => false, "true" => true, _ => throw Problems.BadField("problems", "must be true or false") };
        if (await batches.GetAsync(Id(batch), cancellationToken) is null) throw Problems.NotFound($"batch {batch}");
        context.Response.ContentType = isCsv ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{batch}.{(isCsv ? "csv" : "jsonl")}\"";
        await using var output = new StreamWriter(context.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 14, leaveOpen: true);
        await ResultsCommand.WriteAsync(output, batches.ReadResultsAsync(batch, cancellationToken), isCsv, onlyProblems, links: null, cancellationToken);
        await output.FlushAsync(cancellationToken);
        return TypedResults.Empty;
    }

    /// <summary>A batch's id as it stands in an address; what can be none is none.</summary>
    internal static string Id(string batch) =>
        batch.Length <= 61 && batch.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-') ? batch : throw Problems.NotFound("such batch");
}
