using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Darkroom.Jobs.Sources;

/// <summary>A blob's place.</summary>
/// <param name="Account">The storage account.</param>
/// <param name="Container">The container.</param>
/// <param name="Blob">The blob's name, not encoded; may have slashes.</param>
public sealed partial record BlobAddress(string Account, string Container, string Blob)
{
    /// <summary>The domain of blobs' https addresses.</summary>
    public const string Domain = ".blob.core.windows.net";

    /// <summary>
    /// Reads <c>az://ACCOUNT/CONTAINER/BLOB</c>, the blob percent-encoded where need be, or <c>https://ACCOUNT.blob.core.windows.net/CONTAINER/BLOB</c> without
    /// a query: one that has one brings its own signature, or asks for something else than the blob.
    /// </summary>
    public static bool TryParse(string url, [NotNullWhen(true)] out BlobAddress? address)
    {
        address = null;
        var match = Form().Match(url);
        if (!match.Success) return false;
        var blob = Uri.UnescapeDataString(match.Groups["blob"].Value);
        // The SDK would send dots on as they are, and what then becomes of them isn't told.
        if (blob.Length > 1024 || blob.Split('/').Any(part => part is "." or "..") || blob.Any(char.IsControl)) return false;
        address = new BlobAddress(match.Groups["account"].Value, match.Groups["container"].Value, blob);
        return true;
    }

    // "Naming and Referencing Containers, Blobs, and Metadata", Azure Blob Storage's reference.
    [GeneratedRegex(
        @"\A(az://(?<account>[a-z0-9]{3,24})|https://(?<account>[a-z0-9]{3,24})\.blob\.core\.windows\.net)/(?<container>[a-z0-9$]([a-z0-9-]{1,61})[a-z0-9])/(?<blob>[^?#\\]+)\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
