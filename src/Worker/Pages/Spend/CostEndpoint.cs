using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Costs;
using Darkroom.Worker.Access;
using Darkroom.Worker.Api;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Pages.Frame;

namespace Darkroom.Worker.Pages.Spend;

/// <summary><c>/costs</c>: what was spent, by day and by what one wants to know.</summary>
internal static class CostEndpoint
{
    private const int DefaultDays = 30;
    private const int MostDays = 366;

    private static readonly ReportDimension Day = new(ReportDimensionKind.Day);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/costs", GetAsync).RequireAuthorization(DoorDefaults.Viewer).ExcludeFromDescription();
        endpoints.MapGet("/costs.csv", GetCsvAsync).RequireAuthorization(DoorDefaults.Viewer).ExcludeFromDescription();
    }

    private static async Task<IResult> GetAsync(
        HttpContext context, Visits visits, ICostReports reports, IBatchInsight insight, TimeProvider time, string? from, string? to, string? by, CancellationToken cancellationToken)
    {
        var query = Read(time, from, to, by);
        var (groups, all) = await insight.ListDearestAsync(query.By, query.From, query.To, CostView.MostGroups, cancellationToken);
        // Of few groups: an item is of one model.
        var total = CostReport.Total(await reports.ReportAsync([new ReportDimension(ReportDimensionKind.Model)], query.From, query.To, cancellationToken));
        var days = await insight.ListDaysAsync(query.By, query.From, query.To, [.. groups.Take(CostView.Colours).Select(row => row.Keys[query.By.Name])], cancellationToken);
        var view = new CostView(
            query, days, groups, all, total, await insight.GetYieldAsync(query.From, query.To, cancellationToken),
            await insight.ListBudgetsAsync(cancellationToken), await insight.GetReuseAsync(cancellationToken));
        return Html.Page<CostPage>(await visits.OfAsync(context), view);
    }

    private static async Task GetCsvAsync(HttpContext context, ICostReports reports, TimeProvider time, string? from, string? to, string? by, CancellationToken cancellationToken)
    {
        var query = Read(time, from, to, by);
        ReportDimension[] dimensions = [Day, query.By];
        var rows = await reports.ReportAsync(dimensions, query.From, query.To, cancellationToken);
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"costs-{query.From:yyyy-MM-dd}-{query.To:yyyy-MM-dd}.csv\"";
        await using var output = new StreamWriter(context.Response.Body, leaveOpen: true);
        await ReportCommand.WriteCsvAsync(output, dimensions, rows);
    }

    private static CostQuery Read(TimeProvider time, string? from, string? to, string? by)
    {
        var last = QueryReader.Day(Given(to), "to") ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var first = QueryReader.Day(Given(from), "from") ?? last.AddDays(1 - DefaultDays);
        if (first > last || last.DayNumber - first.DayNumber >= MostDays) throw Problems.BadField("from", $"must be before 'to', by less than {MostDays} days");
        if (!ReportDimension.TryParse(QueryReader.Text(Given(by), "by") ?? "model", out var dimensions, out var error)) throw Problems.BadField("by", error!);
        return dimensions is [{ Kind: not ReportDimensionKind.Day }] ? new CostQuery(first, last, dimensions[0]) : throw Problems.BadField("by", "must be model, batch, user or tag:NAME");
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
