namespace Darkroom.Worker.Access;

/// <summary>Names of schemes, policies and claims.</summary>
internal static class DoorDefaults
{
    /// <summary>The scheme that decides who somebody is.</summary>
    public const string Scheme = "door";

    /// <summary>The scheme of the cookie behind it, and the cookie's name.</summary>
    public const string Cookie = "darkroom";

    /// <summary>The claim that holds the key's id.</summary>
    public const string KeyClaim = "key";

    /// <summary>The policy, and role, of those who may look.</summary>
    public const string Viewer = "viewer";

    /// <summary>The policy, and role, of those who may submit and steer.</summary>
    public const string Operator = "operator";

    /// <summary>The policy, and role, of those who may do everything.</summary>
    public const string Admin = "admin";

    /// <summary>How somebody without any key is known: this machine's own user.</summary>
    public const string Local = "local";

    /// <summary>The header that carries the antiforgery token.</summary>
    public const string CsrfHeader = "X-CSRF-TOKEN";

    /// <summary>The rate limit of signing in.</summary>
    public const string SignInLimit = "sign-in";
}
