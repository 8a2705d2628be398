namespace Darkroom.Worker.Access;

/// <summary>Names of schemes, policies and claims.</summary>
internal static class AccessDefaults
{
    /// <summary>The scheme that decides who somebody is.</summary>
    public const string Scheme = "door";

    /// <summary>The cookie of a sign-in.</summary>
    public const string Cookie = "darkroom";

    /// <summary>The claim that holds the key's id.</summary>
    public const string KeyClaim = "key";

    /// <summary>The policy, and role, of those who may look.</summary>
    public const string Viewer = "viewer";

    /// <summary>The policy, and role, of those who may submit and steer.</summary>
    public const string Operator = "operator";

    /// <summary>The policy, and role, of those who may do everything.</summary>
    public const string Admin = "admin";

    /// <summary>The name of this machine's own user, who is let in by the worker's token while there is no key.</summary>
    public const string Local = "local";

    /// <summary>The header that carries the antiforgery token.</summary>
    public const string CsrfHeader = "X-CSRF-TOKEN";
}
