using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Darkroom.Storage.Postgres;
using Darkroom.Worker.Api;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Access;

/// <summary>
/// Signs browsers in and out. The cookie holds 256 random bits, and the database their hash: signing out ends the session everywhere, also for a copy of the cookie.
/// </summary>
internal sealed class Sessions(PostgresSessionStore store, IOptions<ApiOptions> options)
{
    private const int SecretBytes = 32;

    /// <summary>Begins a session and gives its cookie to the browser. The session that the browser had ends.</summary>
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

    /// <summary>Ends the request's session, if it has one, and takes the cookie back.</summary>
    public async Task EndAsync(HttpContext context)
    {
        if (HashOf(context) is not { } hash) return;
        await store.EndAsync(hash, context.RequestAborted);
        context.Response.Cookies.Delete(AccessDefaults.Cookie, Cookie(context));
    }

    /// <summary>What a request's session is counted by; null without a cookie.</summary>
    public static string? NameOf(HttpContext context) => HashOf(context) is { } hash ? Convert.ToHexString(hash) : null;

    // No expiry: it goes with the browser's own session, and the server's ends without visits.
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
