using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Darkroom.Storage.Postgres;
using Darkroom.Worker.Api;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Access;

/// <summary>
/// Signs browsers in and out. The cookie holds 256 random bits and the database holds their hash. Signing out ends the session at the server, so a copy of the cookie is useless.
/// </summary>
internal sealed class Sessions(PostgresSessionStore store, IOptions<ApiOptions> options)
{
    private const int SecretBytes = 32;

    /// <summary>Ends the browser's session, begins a new one, and sets its cookie.</summary>
    /// <param name="context">The request to sign in.</param>
    /// <param name="keyId">The key's id; null for this machine's own user.</param>
    public async Task BeginAsync(HttpContext context, string? keyId)
    {
        await EndAsync(context);
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        await store.BeginAsync(Hash(secret), keyId, options.Value.SessionLifetime, context.RequestAborted);
        context.Response.Cookies.Append(AccessDefaults.Cookie, secret, Cookie(context));
    }

    /// <summary>The request's session, or null.</summary>
    public async Task<Session?> FindAsync(HttpContext context, CancellationToken cancellationToken) =>
        HashOf(context) is { } hash ? await store.FindAsync(hash, options.Value.SessionLifetime, cancellationToken) : null;

    /// <summary>Ends the request's session, if there is one, and deletes its cookie.</summary>
    public async Task EndAsync(HttpContext context)
    {
        if (HashOf(context) is not { } hash) return;
        await store.EndAsync(hash, context.RequestAborted);
        context.Response.Cookies.Delete(AccessDefaults.Cookie, Cookie(context));
    }

    /// <summary>A name of the request's session for counting; null without a cookie.</summary>
    public static string? NameOf(HttpContext context) => HashOf(context) is { } hash ? Convert.ToHexString(hash) : null;

    // No expiry date: the browser drops the cookie when it closes, and the server ends a session that nobody uses.
    private static CookieOptions Cookie(HttpContext context) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        Path = "/",
        IsEssential = true,
    };

    private static byte[]? HashOf(HttpContext context) =>
        context.Request.Cookies[AccessDefaults.Cookie] is { Length: > 0 and < 200 } secret ? Hash(secret) : null;

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
