using Darkroom.Worker.Client.Shapes;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Darkroom.Worker.Pages.Frame;

/// <summary>Makes answers of components.</summary>
internal static class Html
{
    /// <summary>
    /// A page, written as a whole: what goes wrong while it is put together is still an error page.
    /// </summary>
    public static RazorComponentResult<TPage> Page<TPage>(Visit visit, object view, int status = StatusCodes.Status200OK) where TPage : IComponent =>
        new(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Visit"] = visit, ["View"] = view }) { StatusCode = status, PreventStreamingRendering = true };

    /// <summary>Whether a request is a person's who looks at pages: such a one is told what is wrong by a page.</summary>
    public static bool IsWanted(HttpContext context) =>
        (HttpMethods.IsGet(context.Request.Method) || context.Request.HasFormContentType)
        && !context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase)
        && context.Request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/html");

    /// <summary>Answers with a page that says what is wrong.</summary>
    public static Task WriteProblemAsync(HttpContext context, ProblemShape problem)
    {
        var visit = context.RequestServices.GetRequiredService<Visits>().Of(context);
        context.Response.Headers.CacheControl = "no-store";
        return Page<ErrorPage>(visit, problem, problem.Status ?? StatusCodes.Status500InternalServerError).ExecuteAsync(context);
    }
}
