using Darkroom.Jobs.Browsing;
using Darkroom.Worker.Access;
using Darkroom.Worker.Api;
using Darkroom.Worker.Pages.Frame;

namespace Darkroom.Worker.Pages.BatchList;

/// <summary><c>/</c>: the batches.</summary>
internal static class BatchListEndpoint
{
    private const int Rows = 50;

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/", GetAsync).RequireAuthorization(AccessDefaults.Viewer).ExcludeFromDescription();

    private static async Task<IResult> GetAsync(
        HttpContext context, Visits visits, BatchLines lines, IBatchBrowser batches, string[]? state, string? text, string? tag, string? sort, string? after, CancellationToken cancellationToken)
    {
        var query = new BatchListQuery(
            QueryReader.BatchStates(state), QueryReader.Text(text?.Trim(), "text"), QueryReader.Text(tag?.Trim(), "tag"), Sort(sort),
            QueryReader.Text(after, "after"));
        var filter = new BatchFilter { States = query.States, Text = query.Text, Tag = QueryReader.Tag(query.Tag), Sort = query.Sort };
        var page = await batches.ListAsync(filter, new PageRequest(query.After, Rows), cancellationToken);
        var view = new BatchListView(await lines.OfAsync(page.Rows, cancellationToken), page.Next, await batches.CountAsync(cancellationToken), query);
        return Html.Page<BatchListPage>(await visits.OfAsync(context), view);
    }

    private static BatchSort Sort(string? name) => Enum.TryParse<BatchSort>(name, ignoreCase: true, out var sort) && Enum.IsDefined(sort) ? sort : BatchSort.Newest;
}
