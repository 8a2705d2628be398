using System.Globalization;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Reviews;
using Darkroom.Worker.Access;
using Darkroom.Worker.Api;
using Darkroom.Worker.Pages.Frame;

namespace Darkroom.Worker.Pages.Sheet;

/// <summary><c>/batches/ID/review</c>: the images of a batch, to be decided on from the keyboard.</summary>
internal static class ReviewEndpoint
{
    private const int Cells = 24;

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/batches/{batch}/review", GetAsync).RequireAuthorization(AccessDefaults.Viewer).ExcludeFromDescription();

    private static async Task<IResult> GetAsync(
        HttpContext context, string batch, Visits visits, IBatchStore batches, IItemBrowser items, IReviewStore reviews, IEstimateStore estimates, string? after, CancellationToken cancellationToken)
    {
        var status = await batches.GetStatusAsync(BatchEndpoints.Id(batch), cancellationToken) ?? throw Problems.NotFound($"batch {batch}");
        var progress = await reviews.GetProgressAsync(batch, cancellationToken);
        var from = QueryReader.Text(after, "after");
        // Where somebody left off, somebody goes on.
        if (from == "last") from = progress.LastItemId?.ToString(CultureInfo.InvariantCulture);
        var page = await items.ListImagesAsync(batch, new PageRequest(from, Cells), cancellationToken);
        var decisions = await reviews.GetAsync([.. page.Rows.Select(row => row.Id)], cancellationToken);
        return Html.Page<ReviewPage>(await visits.OfAsync(context), new ReviewView(status, await estimates.GetAsync(batch, cancellationToken), page, decisions, progress, from is null));
    }
}
