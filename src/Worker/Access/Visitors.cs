using System.Security.Claims;
using Darkroom.Jobs.Access;

namespace Darkroom.Worker.Access;

/// <summary>Who a request is from.</summary>
public static class Visitors
{
    /// <summary>Known by a key in a header.</summary>
    internal const string ByKey = "key";

    /// <summary>Known by a cookie: a browser sends it whoever made it ask.</summary>
    internal const string ByCookie = "cookie";

    /// <summary>This machine's own user, who has the worker's token, while there is no key.</summary>
    internal static ClaimsPrincipal Local(string how) => Create(how, AccessDefaults.Local, AccessRole.Admin, keyId: null);

    /// <summary>Who somebody is for the audit.</summary>
    public static Actor ActorOf(this HttpContext context) =>
        new(context.User.Identity?.Name ?? "nobody", IsByCookie(context.User) ? "page" : "api");

    /// <summary>Whose submissions don't meet those of others.</summary>
    public static string OwnerOf(this HttpContext context) => context.User.FindFirstValue(AccessDefaults.KeyClaim) ?? AccessDefaults.Local;

    /// <summary>Whether somebody is known by a cookie.</summary>
    internal static bool IsByCookie(ClaimsPrincipal visitor) => string.Equals(visitor.Identity?.AuthenticationType, ByCookie, StringComparison.Ordinal);

    /// <summary>The owner of a key, seen in some way.</summary>
    internal static ClaimsPrincipal Of(AccessKey key, string how) => Create(how, key.Name, key.Role, key.Id);

    /// <summary>The highest role of somebody.</summary>
    internal static string RoleOf(ClaimsPrincipal visitor) =>
        visitor.IsInRole(AccessDefaults.Admin) ? AccessDefaults.Admin : visitor.IsInRole(AccessDefaults.Operator) ? AccessDefaults.Operator : AccessDefaults.Viewer;

    private static ClaimsPrincipal Create(string how, string name, AccessRole role, string? keyId)
    {
        List<Claim> claims = [new Claim(ClaimTypes.Name, name)];
        // A role includes those below it.
        foreach (var included in Enum.GetValues<AccessRole>().Where(included => included <= role)) claims.Add(new Claim(ClaimTypes.Role, included.ToString().ToLowerInvariant()));
        if (keyId is not null) claims.Add(new Claim(AccessDefaults.KeyClaim, keyId));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, how));
    }
}
