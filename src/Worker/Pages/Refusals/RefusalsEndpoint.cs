using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Worker.Access;
using Darkroom.Worker.Api;
using Darkroom.Worker.Pages.Frame;

namespace Darkroom.Worker.Pages.Refusals;

/// <summary><c>/batches/ID/refusals</c>: what the service's moderation refused, to appeal or to reword.</summary>
internal static class RefusalsEndpoint
{
    private const int Rows = 50;

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/batches/{batch}/refusals", GetAsync).RequireAuthorization(AccessDefaults.Viewer).ExcludeFromDescription();

    private static async Task<IResult> GetAsync(HttpContext context, string batch, Visits visits, IBatchStore batches, IItemBrowser items, string? after, CancellationToken cancellationToken)
    {
        var status = await batches.GetStatusAsync(BatchEndpoints.Id(batch), cancellationToken) ?? throw Problems.NotFound($"batch {batch}");
        var from = QueryReader.Text(after, "after");
        // A batch that refused nothing isn't looked through.
        var page = status.Items.Rejected == 0 ? new Page<Refusal>([], null) : await items.ListRefusalsAsync(batch, new PageRequest(from, Rows), cancellationToken);
        return Html.Page<RefusalsPage>(await visits.OfAsync(context), new RefusalsView(status, page, from is null));
    }
}
