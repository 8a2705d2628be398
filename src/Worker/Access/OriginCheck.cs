using Darkroom.Worker.Api;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Access;

/// <summary>
/// Refuses changes of state that a page of another site made a browser ask for. A key in a header is nothing that a browser adds by itself; a cookie is, and so is
/// merely being on this machine. Behind a proxy that ends TLS, <c>Api__PublicUrl</c> is the origin that pages have.
/// </summary>
internal sealed class OriginCheck(RequestDelegate next, IAntiforgery antiforgery, IOptions<ApiOptions> options)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var isSafe = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method) || HttpMethods.IsTrace(request.Method);
        if (!isSafe && !IsBy(context, Visitors.ByKey))
        {
            if (!IsOwnOrigin(request))
            {
                await RefuseAsync(context, "The request comes from a page of another site.");
                return;
            }

            if (IsBy(context, Visitors.ByCookie) && !await antiforgery.IsRequestValidAsync(context))
            {
                await RefuseAsync(context, $"A change of state needs the header {AccessDefaults.CsrfHeader}, as GET /v1/session gives it.");
                return;
            }
        }

        await next(context);
    }

    private static bool IsBy(HttpContext context, string how) => string.Equals(context.User.Identity?.AuthenticationType, how, StringComparison.Ordinal);

    // Browsers send one of both with every such request; other programs send neither.
    private bool IsOwnOrigin(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site && site is not ("same-origin" or "none")) return false;
        return request.Headers.Origin.ToString() is not { Length: > 0 } origin
            || (Uri.TryCreate(origin, UriKind.Absolute, out var from)
                && (string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)
                    || (options.Value.PublicUrl is { } own && own.Scheme == from.Scheme && string.Equals(from.Authority, own.Authority, StringComparison.OrdinalIgnoreCase))));
    }

    private static Task RefuseAsync(HttpContext context, string why) =>
        Problems.WriteAsync(context, Problems.Of(StatusCodes.Status403Forbidden, "cross-site", "Not from there", why));
}
