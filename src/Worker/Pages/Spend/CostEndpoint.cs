using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Costs;
using Darkroom.Worker.Access;
using Darkroom.Worker.Api;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Pages.Frame;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Pages.Spend;

/// <summary><c>/costs</c>: what was spent, by day and by what one wants to know.</summary>
internal static class CostEndpoint
{
    private const int DefaultDays = 30;
    private const int MostDays = 366;

    private static readonly ReportDimension Day = new(ReportDimensionKind.Day);
    private static readonly ReportDimension Model = new(ReportDimensionKind.Model);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/costs", GetAsync).RequireAuthorization(AccessDefaults.Viewer).ExcludeFromDescription();
        endpoints.MapGet("/costs.csv", GetCsvAsync).RequireAuthorization(AccessDefaults.Viewer).ExcludeFromDescription();
    }

    private static async Task<IResult> GetAsync(
        HttpContext context, Visits visits, ICostReports reports, IBatchInsight insight, IOptions<BudgetOptions> caps, TimeProvider time,
        string? from, string? to, string? by, CancellationToken cancellationToken)
    {
        var query = Read(time, from, to, by);
        var byDay = query.By == Day;
        var split = byDay ? Model : query.By;
        // All at once: over a year of many batches each takes its share of the time a page may take.
        var dearest = insight.ListDearestAsync(split, query.From, query.To, CostView.MostGroups, cancellationToken);
        var rows = reports.ReportAsync([byDay ? Day : Model], query.From, query.To, cancellationToken);
        // Of few groups: an item is of one model, and called on few days.
        var models = byDay ? reports.ReportAsync([Model], query.From, query.To, cancellationToken) : rows;
        var yield = insight.GetYieldAsync(query.From, query.To, cancellationToken);
        var budgets = insight.ListBudgetsAsync(caps.Value.DayUsd, caps.Value.MonthUsd, cancellationToken);
        var reuse = insight.GetReuseAsync(cancellationToken);
        // Awaited together, so that none is left running where another fails.
        await Task.WhenAll(dearest, rows, models, yield, budgets, reuse);
        var (groups, all) = await dearest;
        var named = groups.Take(CostView.Colours).Select(row => row.Keys[split.Name]).ToList();
        var days = await insight.ListDaysAsync(split, query.From, query.To, named, cancellationToken);
        var listed = byDay ? [.. (await rows).Reverse()] : groups;
        var view = new CostView(
            query, split, named, all, days, listed, byDay ? listed.Count : all, CostReport.Total(await models), await yield, await budgets, await reuse);
        return Html.Page<CostPage>(await visits.OfAsync(context), view);
    }

    private static async Task GetCsvAsync(HttpContext context, ICostReports reports, TimeProvider time, string? from, string? to, string? by, CancellationToken cancellationToken)
    {
        var query = Read(time, from, to, by);
        ReportDimension[] dimensions = query.By == Day ? [Day] : [Day, query.By];
        var rows = await reports.ReportAsync(dimensions, query.From, query.To, cancellationToken);
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"costs-{query.From:yyyy-MM-dd}-{query.To:yyyy-MM-dd}.csv\"";
        await using var output = new StreamWriter(context.Response.Body, leaveOpen: true);
        await ReportCommand.WriteCsvAsync(output, dimensions, rows, cancellationToken);
    }

    private static CostQuery Read(TimeProvider time, string? from, string? to, string? by)
    {
        var last = QueryReader.Day(Given(to), "to") ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var first = QueryReader.Day(Given(from), "from") ?? last.AddDays(1 - DefaultDays);
        if (first > last || last.DayNumber - first.DayNumber >= MostDays) throw Problems.BadField("from", $"must be before 'to', by less than {MostDays} days");
        if (!ReportDimension.TryParse(QueryReader.Text(Given(by), "by") ?? "model", out var dimensions, out var error)) throw Problems.BadField("by", error!);
        return dimensions is [var dimension] ? new CostQuery(first, last, dimension) : throw Problems.BadField("by", "must be one of day, model, batch, user and tag:NAME");
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
