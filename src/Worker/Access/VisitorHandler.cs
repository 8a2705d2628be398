using System.Security.Claims;
using System.Text.Encodings.Web;
using Darkroom.Jobs.Access;
using Darkroom.Worker.Api;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Access;

/// <summary>
/// Decides who sent a request: by the key in <c>Authorization: Bearer</c> or by the cookie of a sign-in. While there are no keys, the worker's token takes the place of the
/// key. Every request looks up its key or session, so a removed one stops working at once, at every worker.
/// </summary>
internal sealed class VisitorHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, IAccessKeyStore keys, Sessions sessions, LocalToken local, WrongKeys wrong)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    private const string Bearer = "Bearer ";
    private TimeSpan _pause;

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var cancel = Context.RequestAborted;
        var authorization = Request.Headers.Authorization.ToString();
        if (authorization.Length > 0)
        {
            var given = authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : "";
            return LocalToken.LooksLikeOne(given) ? await ByTokenAsync(given, cancel) : await ByKeyAsync(given, cancel);
        }

        if (await sessions.FindAsync(Context, cancel) is { } session)
        {
            if (session.Key is { } key) return Success(Visitors.Of(key, Visitors.ByCookie));
            if (await MayBeLocalAsync(cancel)) return Success(Visitors.Local(Visitors.ByCookie));
        }

        return AuthenticateResult.NoResult();
    }

    /// <inheritdoc/>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_pause > TimeSpan.Zero)
        {
            await Problems.WriteAsync(Context, WrongKeys.Problem(Context, _pause));
            return;
        }

        var keyless = !await keys.AnyAsync(Context.RequestAborted);
        if (keyless && LoopbackRequest.FaultOf(Context) is { } fault)
        {
            await Problems.WriteAsync(Context, Problems.Of(StatusCodes.Status403Forbidden, "no-keys", "Only this machine is served", $"There are no access keys, so only requests of this machine itself are served, and this one isn't: {fault}. Make a key: darkroom key add NAME --role admin"));
            return;
        }

        if (HttpMethods.IsGet(Request.Method) && !Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase) && Request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/html"))
        {
            Response.Redirect($"/sign-in?next={Uri.EscapeDataString(Request.PathBase + Request.Path + Request.QueryString)}");
            return;
        }

        Response.Headers.WWWAuthenticate = "Bearer";
        await Problems.WriteAsync(Context, keyless
            ? Problems.Of(StatusCodes.Status401Unauthorized, "token-needed", "The worker's token is needed", "There are no access keys, so the worker serves only callers that have its token. The token is in .darkroom/token, in the folder where the worker runs. Run commands in that folder, open the link that 'darkroom worker' printed, or send the token like a key.")
            : Problems.Of(StatusCodes.Status401Unauthorized, "key-needed", "A key is needed", "Send a key as 'Authorization: Bearer KEY', or sign in. 'darkroom key add NAME --role viewer' makes one."));
    }

    /// <inheritdoc/>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Problems.WriteAsync(
        Context, Problems.Of(StatusCodes.Status403Forbidden, "role-needed", "Not with this key", $"The key {Context.User.Identity?.Name} is a {Visitors.RoleOf(Context.User)}'s; this needs more."));

    private async Task<AuthenticateResult> ByKeyAsync(string given, CancellationToken cancellationToken)
    {
        var token = KeyToken.Parse(given);
        if ((_pause = wrong.PauseOf(Context, token?.Id)) > TimeSpan.Zero) return AuthenticateResult.Fail("Too many wrong keys.");
        if (token is not null && await keys.FindAsync(token, cancellationToken) is { } key)
        {
            wrong.Forget(Context, token.Id);
            return Success(Visitors.Of(key, Visitors.ByKey));
        }

        wrong.Add(Context, token?.Id);
        return AuthenticateResult.Fail("The key isn't known.");
    }

    private async Task<AuthenticateResult> ByTokenAsync(string given, CancellationToken cancellationToken) =>
        await MayBeLocalAsync(cancellationToken) && local.Matches(given) ? Success(Visitors.Local(Visitors.ByKey)) : AuthenticateResult.Fail("The token isn't this worker's.");

    private async Task<bool> MayBeLocalAsync(CancellationToken cancellationToken) => LoopbackRequest.FaultOf(Context) is null && !await keys.AnyAsync(cancellationToken);

    private AuthenticateResult Success(ClaimsPrincipal visitor) => AuthenticateResult.Success(new AuthenticationTicket(visitor, Scheme.Name));
}
