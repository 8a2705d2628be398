using Darkroom.Jobs.Models;
using Darkroom.Worker.Access;
using Darkroom.Worker.Pages.Frame;

namespace Darkroom.Worker.Pages.Submit;

/// <summary><c>/submit</c>: a manifest is dropped, looked over and started. The page's script speaks to the API.</summary>
internal static class SubmitEndpoint
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/submit", GetAsync).RequireAuthorization(AccessDefaults.Operator).ExcludeFromDescription();

    private static async Task<IResult> GetAsync(HttpContext context, Visits visits, ModelBook book) =>
        Html.Page<SubmitPage>(await visits.OfAsync(context), new SubmitView([.. book.Models.Select(model => model.Name)]));
}
