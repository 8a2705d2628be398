using System.Text.Json;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Access;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Throttling;
using Darkroom.Worker.Access;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Client;
using Darkroom.Worker.Client.Shapes;
using Darkroom.Worker.Limits;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Api;

/// <summary>Reports, limits, models, the audit.</summary>
internal static class OverviewEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/reports/usage", ReportAsync).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("ReportUsage").WithSummary("Tokens and cost by dimensions (day, model, batch, user, tag:NAME), as 'darkroom report --format json' prints them. Days are UTC.").Produces<JsonArray>();
        api.MapGet("/limits", Limits).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("ListLimits").WithSummary("The limits that are kept, by group of models.").Produces<IReadOnlyList<LimitShape>>();
        api.MapGet("/limits/live", async (ILimitDesk desk, CancellationToken cancellationToken) => TypedResults.Json(await desk.ReadAsync(cancellationToken), ClientJson.Options)).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("ReadLimits").WithSummary("Every limit as all workers see it now: configured, learned, used; as 'darkroom limits --json' prints it.").Produces<IReadOnlyList<LimitStateShape>>();
        api.MapPost("/limits/forget", ForgetAsync).RequireAuthorization(AccessDefaults.Operator)
            .WithName("ForgetLimits").WithSummary("Drops what was learned of limits at this worker's endpoint and key, holds and slow-downs too, as 'darkroom limits --forget' does; body {\"group\": \"NAME\"} for one group.").Produces<ForgottenLimitsShape>();
        api.MapGet("/batches/{batch}/pace", PaceAsync).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("GetPace").WithSummary("The pace that a batch's calls go by now, and whether it was configured or learned.").Produces<BatchPaceShape>();
        api.MapGet("/batches/{batch}/forecast", ForecastAsync).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("GetForecast").WithSummary("When a batch will be done if it goes on as it did lately, and whether that is late.").Produces<ForecastShape>();
        api.MapGet("/models", (ModelBook book) => TypedResults.Text(book.ToJson(), "application/json")).RequireAuthorization(AccessDefaults.Viewer)
            .WithName("GetModels").WithSummary("The model book, as 'darkroom models --json' prints it.").Produces<JsonObject>();
        api.MapGet("/audit", AuditAsync).RequireAuthorization(AccessDefaults.Admin)
            .WithName("ListAudit").WithSummary("Who did what, the newest first; 'after' is the last id of the page before.").Produces<IReadOnlyList<AuditShape>>();
    }

    private static async Task<IResult> ReportAsync(ICostReports reports, string? by, string? from, string? to, CancellationToken cancellationToken)
    {
        if (!ReportDimension.TryParse(QueryReader.Text(by, "by") ?? "day,model", out var dimensions, out var error)) throw Problems.BadField("by", error!);
        var rows = await reports.ReportAsync(dimensions, QueryReader.Day(from, "from"), QueryReader.Day(to, "to"), cancellationToken);
        return TypedResults.Json(new JsonArray([.. rows.Select(JsonShapes.Report)]));
    }

    private static async Task<IResult> ForecastAsync(string batch, IForecasts forecasts, CancellationToken cancellationToken)
    {
        var known = await forecasts.GetAsync(BatchEndpoints.Id(batch), cancellationToken) ?? throw Problems.NotFound($"batch {batch}");
        return TypedResults.Json(
            new ForecastShape(
                known.BatchId, known.State.ToName(), known.Now, known.FinishedAt, known.Open, known.EndedLately, known.EndedSince, known.InFlight, known.InFlightSince,
                known.Least?.TotalSeconds, known.Hours?.From, known.Hours?.To, known.Hours?.Zone, known.PerMinute, known.FinishEstimate, known.Deadline, known.RiskAt, known.MissedAt, known.IsLate,
                [.. known.Waits.Select(WaitShape.Of)]),
            ClientJson.Options);
    }

    private static async Task<IResult> PaceAsync(string batch, IBatchDesk batches, ILimitDesk desk, CancellationToken cancellationToken)
    {
        if (await batches.GetStatusAsync(BatchEndpoints.Id(batch), cancellationToken) is null) throw Problems.NotFound($"batch {batch}");
        return TypedResults.Json(new BatchPaceShape(batch, await desk.PaceOfAsync(batch, cancellationToken)), ClientJson.Options);
    }

    private static async Task<IResult> ForgetAsync(HttpContext context, ILimitDesk desk, CancellationToken cancellationToken)
    {
        var body = await BodyReader.ReadAsync(context.Request, ["group"], cancellationToken);
        string? group = null;
        if (body.TryGetProperty("group", out var given) && given.ValueKind != JsonValueKind.Null)
            group = given.ValueKind == JsonValueKind.String ? QueryReader.Text(given.GetString(), "group") : throw Problems.BadField("group", "must be a text");
        try
        {
            return TypedResults.Json(await desk.ForgetAsync(group, context.ActorOf(), cancellationToken), ClientJson.Options);
        }
        catch (UnknownLimitsGroupException fault)
        {
            throw Problems.BadField("group", fault.Message);
        }
    }

    private static IResult Limits(ModelBook book, IOptions<LimitsOptions> limits) => TypedResults.Json(
        book.Models.GroupBy(model => model.LimitsGroup, StringComparer.Ordinal).Select(group =>
        {
            var kept = limits.Value.For(group.Key);
            return new LimitShape(
                group.Key, [.. group.Select(model => model.Name)], kept.RequestsPerMinute, kept.ImagesPerMinute, kept.InputImagesPerMinute, kept.TokensPerMinute, kept.MaxInFlight);
        }),
        ClientJson.Options);

    private static async Task<IResult> AuditAsync(IAuditLog audit, string? batch, string? after, string? limit, CancellationToken cancellationToken)
    {
        var page = QueryReader.Page(after, limit);
        long? before = null;
        if (page.After is { } text) before = long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var id) ? id : throw Problems.BadField("after", "must be the id of an entry");
        var entries = await audit.ListAsync(batch is null ? null : BatchEndpoints.Id(batch), before, page.Limit, cancellationToken);
        return TypedResults.Json(entries.Select(ShapeMaker.Audit), ClientJson.Options);
    }
}
