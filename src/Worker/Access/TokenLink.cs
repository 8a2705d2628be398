using Darkroom.Jobs.Access;
using Microsoft.AspNetCore.Http.Extensions;

namespace Darkroom.Worker.Access;

/// <summary>Takes the link that a worker without keys prints (<c>/?token=…</c>): signs the browser in by a cookie, and leads it to the same page without the token.</summary>
internal sealed class TokenLink(RequestDelegate next, LocalToken local, Sessions sessions, IAccessKeyStore keys)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method)
            && LocalToken.LooksLikeOne(request.Query[LocalToken.Parameter])
            && LoopbackRequest.FaultOf(context) is null
            && !await keys.AnyAsync(context.RequestAborted)
            && local.Matches(request.Query[LocalToken.Parameter]))
        {
            await sessions.BeginAsync(context, keyId: null);
            var rest = new QueryBuilder(request.Query.Where(parameter => parameter.Key != LocalToken.Parameter).SelectMany(parameter => parameter.Value, (parameter, value) => KeyValuePair.Create(parameter.Key, value ?? "")));
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Redirect($"{request.PathBase}{request.Path}{rest}");
            return;
        }

        await next(context);
    }
}
