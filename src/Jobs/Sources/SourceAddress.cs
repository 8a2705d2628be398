namespace Darkroom.Jobs.Sources;

/// <summary>What an address says beyond how it is authorized.</summary>
internal static class SourceAddress
{
    /// <summary>The scheme of blobs: <c>az://ACCOUNT/CONTAINER/BLOB</c>.</summary>
    public const string BlobScheme = "az";

    // Azure's signed parameters ("Create a service SAS", "Create a user delegation SAS").
    private static readonly HashSet<string> Sas = new(StringComparer.OrdinalIgnoreCase)
    {
        "sv", "ss", "srt", "sr", "sp", "st", "se", "sip", "spr", "si", "sig", "skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "scid", "sdd", "ses",
        "rscc", "rscd", "rsce", "rscl", "rsct",
    };

    // S3's and Google's older signatures, and CloudFront's.
    private static readonly HashSet<string> Older = new(StringComparer.OrdinalIgnoreCase)
    {
        "Signature", "Expires", "AWSAccessKeyId", "GoogleAccessId", "Key-Pair-Id", "Policy",
    };

    /// <summary>Whether an address is always fetched by the worker.</summary>
    public static bool IsBlob(string url) => url.StartsWith($"{BlobScheme}://", StringComparison.OrdinalIgnoreCase);

    /// <summary>What is wrong with an <c>az://</c> address, in a sentence without its subject, or null.</summary>
    public static string? BlobFaultOf(string url)
    {
        if (url.Length > 2048 || url.AsSpan().ContainsAnyInRange('\0', ' ')) return "is longer than 2,048 characters, or has spaces or control characters; write them percent-encoded";
        return BlobAddress.TryParse(url, out _) ? null : "must be az://ACCOUNT/CONTAINER/BLOB, with nothing before the account or behind the blob";
    }

    /// <summary>
    /// The address without the parameters that sign it: those of Azure when there is a <c>sig</c>, those of S3, Google and CloudFront. An address that can't be read is
    /// given as it is.
    /// </summary>
    public static string WithoutSignature(string url)
    {
        var start = url.IndexOf('?', StringComparison.Ordinal);
        if (start < 0) return url;
        var end = url.IndexOf('#', start);
        var query = (end < 0 ? url[(start + 1)..] : url[(start + 1)..end]).Split('&');
        var isSas = query.Any(pair => pair.StartsWith("sig=", StringComparison.OrdinalIgnoreCase));
        var isOlder = query.Any(pair => pair.StartsWith("Signature=", StringComparison.OrdinalIgnoreCase));
        var kept = query.Where(pair => !Signs(pair.Split('=')[0], isSas, isOlder)).ToArray();
        return kept.Length == 0 ? url[..start] : $"{url[..start]}?{string.Join('&', kept)}";
    }

    private static bool Signs(string name, bool isSas, bool isOlder) =>
        (isSas && Sas.Contains(name))
        || (isOlder && Older.Contains(name))
        || name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("X-Goog-", StringComparison.OrdinalIgnoreCase);
}
