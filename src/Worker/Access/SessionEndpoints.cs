using System.Text.Json;
using Darkroom.Jobs.Access;
using Darkroom.Worker.Api;
using Darkroom.Worker.Client.Shapes;
using Darkroom.Worker.Pages.Frame;
using Darkroom.Worker.Pages.SignIn;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;

namespace Darkroom.Worker.Access;

/// <summary>Signing in and out.</summary>
internal static class SessionEndpoints
{
    private const int MaxBody = 4096;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/sign-in", Page).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapPost("/sign-in", SignInAsync).AllowAnonymous().RequireRateLimiting(DoorDefaults.SignInLimit).ExcludeFromDescription();
        endpoints.MapPost("/sign-out", (Delegate)SignOutAsync).RequireAuthorization(DoorDefaults.Viewer).ExcludeFromDescription();
        endpoints.MapGet("/v1/session", (HttpContext context, IAntiforgery antiforgery) =>
        {
            var token = antiforgery.GetAndStoreTokens(context);
            return TypedResults.Json(new SessionShape(context.User.Identity!.Name!, Visitors.RoleOf(context.User), DoorDefaults.CsrfHeader, token.RequestToken!), Client.ClientJson.Options);
        }).RequireAuthorization(DoorDefaults.Viewer).WithName("GetSession").WithSummary("Who is signed in, and what a change of state by cookie needs.").WithTags("access").Produces<SessionShape>();
    }

    private static IResult Page(HttpContext context, Visits visits, string? next) => Html.Page<SignInPage>(visits.Of(context), new SignInView(OwnPath(next), Problem: null));

    private static async Task<IResult> SignInAsync(HttpContext context, IAccessKeyStore keys, Visits visits)
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

        if (KeyToken.Parse(text?.Trim()) is not { } token || await keys.FindAsync(token, cancel) is not { } found)
        {
            return Html.IsWanted(context)
                ? Html.Page<SignInPage>(visits.Of(context), new SignInView(OwnPath(next), "This key isn't known."), StatusCodes.Status401Unauthorized)
                : Problems.Result(StatusCodes.Status401Unauthorized, "key-unknown", "Not let in", "The key isn't known.", new FieldProblemShape(null, null, "key", "isn't known"));
        }

        await context.SignInAsync(DoorDefaults.Cookie, Visitors.Of(found, Visitors.ByCookie));
        return context.Request.HasFormContentType ? TypedResults.LocalRedirect(OwnPath(next)) : TypedResults.NoContent();
    }

    private static async Task<IResult> SignOutAsync(HttpContext context)
    {
        await context.SignOutAsync(DoorDefaults.Cookie);
        return context.Request.HasFormContentType ? TypedResults.LocalRedirect("/sign-in") : TypedResults.NoContent();
    }

    // Only a path of ours: never another site's.
    private static string OwnPath(string? next) =>
        next is { Length: > 1 and < 2000 } && next[0] == '/' && next[1] is not ('/' or '\\') && !next.Any(char.IsControl) ? next : "/";
}
