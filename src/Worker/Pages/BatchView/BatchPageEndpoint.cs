using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Estimates;
using Darkroom.Worker.Access;
using Darkroom.Worker.Api;
using Darkroom.Worker.Pages.BatchList;
using Darkroom.Worker.Pages.Frame;

namespace Darkroom.Worker.Pages.BatchView;

/// <summary><c>/batches/ID</c>: one batch.</summary>
internal static class BatchPageEndpoint
{
    /// <summary>Items of a page.</summary>
    public const int Cells = 60;

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/batches/{batch}", GetAsync).RequireAuthorization(AccessDefaults.Viewer).ExcludeFromDescription();

    private static async Task<IResult> GetAsync(
        HttpContext context, string batch, Visits visits, BatchLines lines, IBatchStore batches, IBatchBrowser browser, IBatchInsight insight, IItemBrowser items,
        IEstimateStore estimates, CancellationToken cancellationToken)
    {
        var status = await batches.GetStatusAsync(BatchEndpoints.Id(batch), cancellationToken) ?? throw Problems.NotFound($"batch {batch}");
        var query = Read(context.Request.Query, batch);
        var page = await items.ListAsync(batch, FilterOf(query), new PageRequest(query.After, Cells), cancellationToken);
        var wrong = status.Items.Rejected + status.Items.Failed + status.Items.Held > 0;
        var view = new BatchPageView(
            (await lines.OfAsync([status], cancellationToken))[0],
            await estimates.GetAsync(batch, cancellationToken),
            await insight.GetHistoryAsync(batch, cancellationToken),
            wrong ? await browser.CountReasonsAsync(batch, cancellationToken) : [],
            page, query);
        return Html.Page<BatchPage>(await visits.OfAsync(context), view);
    }

    /// <summary>Reads what is asked for.</summary>
    /// <exception cref="ApiException">It can't be used.</exception>
    public static ItemsQuery Read(IQueryCollection query, string batch)
    {
        var (text, tag) = (query["text"].ToString().Trim(), query["tag"].ToString().Trim());
        return new ItemsQuery(
            batch, QueryReader.ItemStates([.. query["state"].OfType<string>()]), QueryReader.Text(query["reason"], "reason"), QueryReader.Text(text, "text"),
            QueryReader.Text(tag, "tag"), QueryReader.Text(query["after"], "after"));
    }

    /// <summary>The filter of what is asked for.</summary>
    public static ItemFilter FilterOf(ItemsQuery query) => new() { States = query.States, Reason = query.Reason, Text = query.Text, Tag = QueryReader.Tag(query.Tag) };
}
