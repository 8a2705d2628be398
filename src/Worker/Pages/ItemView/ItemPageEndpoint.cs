using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Worker.Access;
using Darkroom.Worker.Api;
using Darkroom.Worker.Pages.Frame;

namespace Darkroom.Worker.Pages.ItemView;

/// <summary><c>/items/ID</c>: one item.</summary>
internal static class ItemPageEndpoint
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/items/{item:long}", GetAsync).RequireAuthorization(AccessDefaults.Viewer).ExcludeFromDescription();

    private static async Task<IResult> GetAsync(
        HttpContext context, long item, Visits visits, IItemBrowser items, IBatchStore batches, string[]? state, int? output, CancellationToken cancellationToken)
    {
        var detail = await items.GetAsync(item, cancellationToken) ?? throw Problems.NotFound($"item {item}");
        var batch = await batches.GetAsync(detail.Item.BatchId, cancellationToken) ?? throw Problems.NotFound($"batch {detail.Item.BatchId}");
        var states = QueryReader.ItemStates(state);
        var (before, after) = await items.GetNeighboursAsync(batch.Id, item, states, cancellationToken);
        var view = new ItemPageView(detail, batch, before, after, states.Count == 0 ? "" : $"?state={string.Join(',', states.Select(one => one.ToName()))}", output ?? 0);
        return Html.Page<ItemPage>(await visits.OfAsync(context), view);
    }
}
