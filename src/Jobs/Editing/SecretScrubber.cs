using System.Text.RegularExpressions;

namespace Darkroom.Jobs.Editing;

/// <summary>Makes text of others fit to be stored and shown: cuts secrets and inline images out, drops what databases refuse, and shortens.</summary>
public static partial class SecretScrubber
{
    /// <summary>Most characters of a message (<see cref="ServiceError.Message"/>).</summary>
    public const int MaxLength = 2000;

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;

    // What is cut away before the patterns run; enough for a long data URL in front of the words that matter.
    private const int MostScanned = 256 * 1024;

    /// <summary>The text without data URLs, signatures of signed URLs, bearer tokens and keys, at most <see cref="MaxLength"/> characters.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="secret">A secret that is known by its letters, or null.</param>
    public static string Scrub(string text, string? secret = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var scrubbed = PlainText.Clean(CutSecrets(text, secret).Replace("\r", "", StringComparison.Ordinal)).Trim();
        return scrubbed.Length <= MaxLength ? scrubbed : Shorten(scrubbed);
    }

    /// <summary>The text without secrets, in full length. Quotes are never touched, so JSON stays JSON.</summary>
    public static string CutSecrets(string text, string? secret = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MostScanned) text = text[..MostScanned];
        if (secret is { Length: >= Redactor.LeastLength }) text = new SecretForms(secret).Cut(text);
        text = DataUrl().Replace(text, "data:***");
        text = Parameter().Replace(text, "${name}***");
        text = Bearer().Replace(text, "${name}***");
        text = Named().Replace(text, "${name}***");
        text = UserInfo().Replace(text, "${name}***@");
        text = Token().Replace(text, "eyJ***");
        return Key().Replace(text, "sk-***");
    }

    private static string Shorten(string text)
    {
        var length = MaxLength - 1;
        if (char.IsHighSurrogate(text[length - 1])) length--;
        return string.Concat(text.AsSpan(0, length), "…");
    }

    [GeneratedRegex("""data:[a-z0-9.+/-]{0,100}(;[a-z0-9=._-]{1,100}){0,5},[^\s"'\\<>)]*""", Options)]
    private static partial Regex DataUrl();

    [GeneratedRegex("""(?<name>\b(bearer|basic)\s+)[a-z0-9._~+/=*-]{4,}""", Options)]
    private static partial Regex Bearer();

    // The one list of parameters of an address that authorize: what their names end with. In prose, "key: 7" and "token: none" are no secrets.
    private const string SecretParameters =
        "token|sig|signature|secret|password|passwd|passphrase|pwd|pass|credentials?|key|auth|authorization|jwt|hmac|policy|session[-_]?id|access[-_]?key[-_]?id|google[-_]?access[-_]?id|key[-_]pair[-_]id|hdnts|hdnea";

    private const string SecretValue = """([^\s"'&#\\<>,;)]|\\u00(2b|2f|3d))+""";

    [GeneratedRegex("(?<name>([?&;#]|%3f|%26|%23|\\\\u0026)[a-z0-9._\\[\\]$-]{0,60}(" + SecretParameters + ")(=|%3d))" + SecretValue, Options)]
    private static partial Regex Parameter();

    [GeneratedRegex("""(?<name>\b(sig|signature|x-amz-signature|x-amz-credential|x-amz-security-token|x-goog-signature|accountkey|sharedaccesskey|access_token|client_secret|password|api[-_]?key)(=|%3d|:\s?))([^\s"'&\\<>,;)]|\\u00(2b|2f|3d))+""", Options)]
    private static partial Regex Named();

    // The password of an address: postgres://user:password@host.
    [GeneratedRegex("""(?<name>://[^\s/?#:@"'\\<>]{0,200}:)[^\s/?#@"'\\<>]{1,1000}@""", Options)]
    private static partial Regex UserInfo();

    // A JSON web token, as Entra ID gives them.
    [GeneratedRegex("""\beyJ[a-z0-9_-]{8,}\.[a-z0-9_-]{4,}(\.[a-z0-9_-]*)?""", Options)]
    private static partial Regex Token();

    [GeneratedRegex("""\bsk-[a-z0-9_*-]{3,}""", Options)]
    private static partial Regex Key();
}
