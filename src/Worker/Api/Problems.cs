using Darkroom.Worker.Client;
using Darkroom.Worker.Client.Shapes;
using Darkroom.Worker.Pages.Frame;

namespace Darkroom.Worker.Api;

/// <summary>Errors after RFC 9457; <c>type</c> is a URN that programs may go by, so an API.</summary>
internal static class Problems
{
    private const string ContentType = "application/problem+json";

    /// <summary>A problem.</summary>
    public static ProblemShape Of(int status, string type, string title, string detail, params FieldProblemShape[] errors) =>
        new($"urn:darkroom:problem:{type}", title, status, detail, errors.Length == 0 ? null : errors, errors.Length == 0 ? null : errors.Length, null);

    /// <summary>A problem as an answer.</summary>
    public static IResult Result(int status, string type, string title, string detail, params FieldProblemShape[] errors) => Result(Of(status, type, title, detail, errors));

    /// <summary>A problem as an answer.</summary>
    public static IResult Result(ProblemShape problem) => TypedResults.Json(problem, ClientJson.Options, ContentType, problem.Status);

    /// <summary>Answers with a problem: people get a page, programs JSON.</summary>
    public static Task WriteAsync(HttpContext context, ProblemShape problem)
    {
        if (Html.IsWanted(context)) return Html.WriteProblemAsync(context, problem);
        context.Response.StatusCode = problem.Status ?? StatusCodes.Status500InternalServerError;
        return context.Response.WriteAsJsonAsync(problem, ClientJson.Options, ContentType, context.RequestAborted);
    }

    /// <summary>There is no such thing.</summary>
    public static ApiException NotFound(string what) => new(Of(StatusCodes.Status404NotFound, "not-found", "Not found", $"There is no {what}."));

    /// <summary>A field can't be used.</summary>
    public static ApiException BadField(string field, string reason) =>
        new(Of(StatusCodes.Status400BadRequest, "invalid-request", "The request can't be used", $"{field}: {reason}", new FieldProblemShape(null, null, field, reason)));
}
