using System.Text.Json;
using Darkroom.Jobs.Access;
using Darkroom.Worker.Api;
using Darkroom.Worker.Client.Shapes;
using Darkroom.Worker.Pages.Frame;
using Darkroom.Worker.Pages.SignIn;
using Microsoft.AspNetCore.Antiforgery;

namespace Darkroom.Worker.Access;

/// <summary>Signing in and out.</summary>
internal static class SessionEndpoints
{
    private const int MaxBody = 4096;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/sign-in", PageAsync).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapPost("/sign-in", SignInAsync).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapPost("/sign-out", (Delegate)SignOutAsync).RequireAuthorization(AccessDefaults.Viewer).ExcludeFromDescription();
        endpoints.MapGet("/v1/session", (HttpContext context, IAntiforgery antiforgery) =>
        {
            var token = antiforgery.GetAndStoreTokens(context);
            return TypedResults.Json(new SessionShape(context.User.Identity!.Name!, Visitors.RoleOf(context.User), AccessDefaults.CsrfHeader, token.RequestToken!), Client.ClientJson.Options);
        }).RequireAuthorization(AccessDefaults.Viewer).WithName("GetSession").WithSummary("Who is signed in, and what a change of state by cookie needs.").WithTags("access").Produces<SessionShape>();
    }

    private static async Task<IResult> PageAsync(HttpContext context, IAccessKeyStore keys, Visits visits, string? next) =>
        Html.Page<SignInPage>(visits.Of(context), new SignInView(OwnPath(next), Problem: null, HasKeys: await keys.AnyAsync(context.RequestAborted)));

    private static async Task<IResult> SignInAsync(HttpContext context, IAccessKeyStore keys, LocalToken local, Sessions sessions, WrongKeys wrong, Visits visits)
    {
        var cancel = context.RequestAborted;
        if (context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MaxBody;
        string? text;
        string? next = null;
        if (context.Request.HasFormContentType)
        {
            try
            {
                var form = await context.Request.ReadFormAsync(cancel);
                (text, next) = (form["key"], form["next"]);
            }
            catch (Exception exception) when (exception is InvalidDataException or (IOException and not BadHttpRequestException))
            {
                throw Problems.BadField("body", $"the form can't be read: {exception.Message}");
            }

            TextDoor.Check(text, "key");
            TextDoor.Check(next, "next");
        }
        else
        {
            var body = await BodyReader.ReadAsync(context.Request, ["key"], cancel);
            text = body.TryGetProperty("key", out var key) && key.ValueKind == JsonValueKind.String ? key.GetString() : null;
        }

        text = text?.Trim();
        var token = KeyToken.Parse(text);
        if (wrong.PauseOf(context, token?.Id) is { Ticks: > 0 } pause)
        {
            var problem = WrongKeys.Problem(context, pause);
            return Html.IsWanted(context)
                ? Html.Page<SignInPage>(visits.Of(context), new SignInView(OwnPath(next), problem.Detail, HasKeys: true), StatusCodes.Status429TooManyRequests)
                : Problems.Result(problem);
        }

        var found = token is null ? null : await keys.FindAsync(token, cancel);
        var hasKeys = found is not null || await keys.AnyAsync(cancel);
        if (found is null && (hasKeys || LoopbackRequest.FaultOf(context) is not null || !local.Matches(text)))
        {
            wrong.Add(context, token?.Id);
            return Html.IsWanted(context)
                ? Html.Page<SignInPage>(visits.Of(context), new SignInView(OwnPath(next), hasKeys ? "This key isn't known." : "This isn't the worker's token.", hasKeys), StatusCodes.Status401Unauthorized)
                : Problems.Result(StatusCodes.Status401Unauthorized, "key-unknown", "Not let in", "The key isn't known.", new FieldProblemShape(null, null, "key", "isn't known"));
        }

        wrong.Forget(context, token?.Id);
        await sessions.BeginAsync(context, found?.Id);
        return context.Request.HasFormContentType ? TypedResults.LocalRedirect(OwnPath(next)) : TypedResults.NoContent();
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, Sessions sessions)
    {
        await sessions.EndAsync(context);
        return context.Request.HasFormContentType ? TypedResults.LocalRedirect("/sign-in") : TypedResults.NoContent();
    }

    // Only a path of ours: never another site's.
    private static string OwnPath(string? next) =>
        next is { Length: > 1 and < 2000 } && next[0] == '/' && next[1] is not ('/' or '\\') && !next.Any(char.IsControl) ? next : "/";
}
