using Darkroom.Worker.Api;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Access;

/// <summary>Headers that keep browsers from doing more than is meant.</summary>
internal static class SecurityHeaders
{
    /// <summary>Of our own pages: nothing inline, nothing from elsewhere.</summary>
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Of Hangfire's dashboard, whose pages have styles and scripts in them.</summary>
    public const string HangfirePolicy =
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>For a year, a browser goes to the public address over https only.</summary>
    private const string Hsts = "max-age=31536000";

    /// <summary>Adds them to every answer.</summary>
    public static void UseSecurityHeaders(this WebApplication app)
    {
        var isPublicOverTls = app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.IsPublicOverTls;
        app.Use((context, next) => AddAsync(context, next, isPublicOverTls));
    }

    private static Task AddAsync(HttpContext context, RequestDelegate next, bool isPublicOverTls)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments("/hangfire", StringComparison.OrdinalIgnoreCase) ? HangfirePolicy : Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase)) headers.CacheControl = "no-store";
        if (isPublicOverTls)
        {
            headers.StrictTransportSecurity = Hsts;
            // A proxy ended TLS: cookies are Secure all the same.
            context.Request.Scheme = Uri.UriSchemeHttps;
        }

        return next(context);
    }
}
