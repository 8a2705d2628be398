namespace Darkroom.Jobs.Reuse;

/// <summary>Tells what of a presigned URL names the image from what only lets one read it for a while.</summary>
public static class PresignedUrls
{
    // Azure's shared access signatures, with the parameter that marks one; S3's and Google's have names of their own.
    private const string AzureMark = "sig";

    private static readonly HashSet<string> Azure = new(StringComparer.OrdinalIgnoreCase)
    {
        "sv", "ss", "srt", "sr", "sp", "st", "se", "sip", "spr", "si", "sig", "sdd", "ses", "skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "scid",
    };

    /// <summary>The URL without the parameters that sign it; as it is when it isn't signed, or is a data URL.</summary>
    public static string WithoutSignature(string url)
    {
        var query = url.IndexOf('?', StringComparison.Ordinal);
        if (query < 0 || url.StartsWith("data:", StringComparison.OrdinalIgnoreCase)) return url;
        var fragment = url.IndexOf('#', query);
        var parts = url[(query + 1)..(fragment < 0 ? url.Length : fragment)].Split('&');
        var azure = parts.Any(part => string.Equals(NameOf(part), AzureMark, StringComparison.OrdinalIgnoreCase));
        var kept = parts.Where(part => !IsSigning(NameOf(part), azure)).ToArray();
        if (kept.Length == parts.Length) return url;
        return url[..query] + (kept.Length == 0 ? "" : "?" + string.Join('&', kept)) + (fragment < 0 ? "" : url[fragment..]);
    }

    private static bool IsSigning(string name, bool azure) =>
        (azure && Azure.Contains(name))
        || name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("X-Goog-", StringComparison.OrdinalIgnoreCase);

    private static string NameOf(string part) => part.IndexOf('=', StringComparison.Ordinal) is >= 0 and var at ? part[..at] : part;
}
