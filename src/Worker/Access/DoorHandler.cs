using System.Security.Claims;
using System.Text.Encodings.Web;
using Darkroom.Jobs.Access;
using Darkroom.Worker.Api;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Access;

/// <summary>
/// Decides who a request is from: by a key in <c>Authorization: Bearer</c>, by the cookie of a sign-in, or, while there is no key at all, by coming from this machine
/// itself. Keys are looked up at every request, so that a removed one is of no use at once, at every worker.
/// </summary>
internal sealed class DoorHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, IAccessKeyStore keys, IConfiguration configuration)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    private const string Bearer = "Bearer ";
    private string? _closed;

    /// <summary>Whether the framework was asked to believe forwarding headers: then nobody can be known by where he comes from.</summary>
    public static bool BelievesForwarding(IConfiguration configuration) => configuration.GetValue("ForwardedHeaders_Enabled", defaultValue: false);

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var cancel = Context.RequestAborted;
        if (Request.Headers.Authorization.ToString() is { Length: > 0 } given)
        {
            var token = given.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? KeyToken.Parse(given[Bearer.Length..].Trim()) : null;
            return token is not null && await keys.FindAsync(token, cancel) is { } key
                ? Success(Visitors.Of(key, Visitors.ByKey))
                : AuthenticateResult.Fail("The key isn't known.");
        }

        var cookie = await Context.AuthenticateAsync(DoorDefaults.Cookie);
        if (cookie.Principal?.FindFirstValue(DoorDefaults.KeyClaim) is { } id && await keys.GetAsync(id, cancel) is { } signedIn)
            return Success(Visitors.Of(signedIn, Visitors.ByCookie));

        if (await keys.AnyAsync(cancel)) return AuthenticateResult.NoResult();
        _closed = BelievesForwarding(configuration) ? "forwarding headers are believed here (ForwardedHeaders_Enabled)" : LoopbackRequest.FaultOf(Context);
        return _closed is null ? Success(Visitors.Local) : AuthenticateResult.NoResult();
    }

    /// <inheritdoc/>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_closed is not null)
        {
            await Problems.WriteAsync(Context, Problems.Of(StatusCodes.Status403Forbidden, "no-keys", "Only this machine is served", $"There are no access keys, so only requests of this machine itself are served, and this one isn't: {_closed}. Make a key: darkroom key add NAME --role admin"));
            return;
        }

        if (HttpMethods.IsGet(Request.Method) && !Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase) && Request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/html"))
        {
            Response.Redirect($"/sign-in?next={Uri.EscapeDataString(Request.PathBase + Request.Path + Request.QueryString)}");
            return;
        }

        Response.Headers.WWWAuthenticate = "Bearer";
        await Problems.WriteAsync(Context, Problems.Of(StatusCodes.Status401Unauthorized, "key-needed", "A key is needed", "Send a key as 'Authorization: Bearer KEY', or sign in. 'darkroom key add NAME --role viewer' makes one."));
    }

    /// <inheritdoc/>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Problems.WriteAsync(
        Context, Problems.Of(StatusCodes.Status403Forbidden, "role-needed", "Not with this key", $"The key {Context.User.Identity?.Name} is a {Visitors.RoleOf(Context.User)}'s; this needs more."));

    private AuthenticateResult Success(ClaimsPrincipal visitor) => AuthenticateResult.Success(new AuthenticationTicket(visitor, Scheme.Name));
}
