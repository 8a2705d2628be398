using Darkroom.Jobs.Access;
using System.Text.RegularExpressions;
using Azure.Storage.Blobs;

namespace Darkroom.Storage.Images;

/// <summary>What is wrong with the section <c>Storage:Azure</c>: each setting by itself, and those that contradict each other. Never repeats a secret.</summary>
internal static partial class AzureStorageOptionsCheck
{
    /// <summary>The tiers that images can be read from at once; an archived image would have to be brought back first.</summary>
    public static readonly string[] Tiers = ["Hot", "Cool", "Cold"];

    private const string Section = "Storage:Azure:";

    public static IEnumerable<string> FindProblems(AzureStorageOptions options) =>
        [.. WaysIn(options), .. Signatures(options), .. Container(options), .. Requests(options)];

    private static IEnumerable<string> WaysIn(AzureStorageOptions options)
    {
        string[] given = [.. new[] { (nameof(options.ConnectionString), options.ConnectionString), (nameof(options.ContainerUri), options.ContainerUri), (nameof(options.AccountUri), options.AccountUri) }
            .Where(way => !string.IsNullOrEmpty(way.Item2)).Select(way => Section + way.Item1)];
        if (given.Length > 1) yield return $"{string.Join(" and ", given)} are given; they are different ways into the store, so keep one.";
        if (options.ConnectionString is { Length: > 0 } connectionString && !IsConnectionString(connectionString))
            yield return $"{Section}ConnectionString is no connection string of a storage account (its text isn't shown here: it may hold a key).";
        if (options.ContainerUri is { Length: > 0 } container && ContainerFault(container) is { } containerFault) yield return $"{Section}ContainerUri {containerFault}";
        if (options.AccountUri is { Length: > 0 } account && AccountFault(account) is { } accountFault) yield return $"{Section}AccountUri {accountFault}";
    }

    private static IEnumerable<string> Signatures(AzureStorageOptions options)
    {
        var (token, file) = (!string.IsNullOrEmpty(options.SasToken), !string.IsNullOrEmpty(options.SasTokenFile));
        if (token && file) yield return $"{Section}SasToken and {Section}SasTokenFile are given; keep one.";
        if (token && !IsSignature(options.SasToken!)) yield return $"{Section}SasToken is no shared access signature: it has no sig= (its text isn't shown here).";
        if (file && !File.Exists(options.SasTokenFile)) yield return $"{Section}SasTokenFile is '{options.SasTokenFile}', which isn't a file.";
        var identity = !string.IsNullOrEmpty(options.ManagedIdentityClientId);
        foreach (var (name, isGiven) in new[] { ("SasToken", token), ("SasTokenFile", file), ("ManagedIdentityClientId", identity) })
            if (isGiven && string.IsNullOrEmpty(options.AccountUri)) yield return $"{Section}{name} goes with {Section}AccountUri, which isn't given.";
        if (identity && (token || file)) yield return $"{Section}ManagedIdentityClientId and a shared access signature are given; keep one.";
    }

    private static IEnumerable<string> Container(AzureStorageOptions options)
    {
        if (!ContainerName().IsMatch(options.Container))
        {
            yield return $"{Section}Container is '{options.Container}'; "
                + "it has to be 3 to 63 lower-case letters, digits and single hyphens, with a letter or digit at both ends.";
        }
        else if (options.Container != AzureStorageOptions.DefaultContainer && options.ContainerUri is { Length: > 0 } uri && ContainerFault(uri) is null
            && NameOf(new Uri(uri)) is { } named && named != options.Container)
        {
            yield return $"{Section}Container is '{options.Container}' and {Section}ContainerUri is of '{named}'; leave one out.";
        }
    }

    private static IEnumerable<string> Requests(AzureStorageOptions options)
    {
        if (options.AccessTier is { Length: > 0 } tier && !Tiers.Contains(tier, StringComparer.OrdinalIgnoreCase)) yield return $"{Section}AccessTier is '{tier}'; it has to be {string.Join(", ", Tiers)}, or left out.";
        if (options.CacheControl.Any(letter => letter is < ' ' or > '~')) yield return $"{Section}CacheControl has a character that no header can have.";
        if (options.MaxRetries is < 0 or > 20) yield return $"{Section}MaxRetries is {options.MaxRetries}; it has to be 0 to 20.";
        if (options.RetryDelay <= TimeSpan.Zero || options.RetryDelay > TimeSpan.FromMinutes(1)) yield return $"{Section}RetryDelay is {options.RetryDelay}; it has to be above 0 and at most 00:01:00.";
        if (options.NetworkTimeout < TimeSpan.FromSeconds(1) || options.NetworkTimeout > TimeSpan.FromHours(1)) yield return $"{Section}NetworkTimeout is {options.NetworkTimeout}; it has to be 00:00:01 to 01:00:00.";
    }

    private static string? ContainerFault(string text)
    {
        if (AddressFault(text) is { } fault) return fault;
        var uri = new Uri(text);
        if (string.IsNullOrEmpty(NameOf(uri))) return "names no container; it is written https://ACCOUNT.blob.core.windows.net/CONTAINER?sv=…&sig=….";
        return IsSignature(uri.Query) ? null : $"has no shared access signature; to enter with an identity, give {Section}AccountUri and {Section}Container.";
    }

    private static string? AccountFault(string text)
    {
        if (AddressFault(text) is { } fault) return fault;
        return new Uri(text).Query.Length > 0 ? $"has a query; a shared access signature goes into {Section}SasToken." : null;
    }

    // Tokens and signatures over plain HTTP are anybody's on the way; Azurite is on this machine.
    private static string? AddressFault(string text) =>
        !Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") ? "is no address (its text isn't shown here: it may hold a signature)."
        : uri.Scheme == "http" && !Loopback.IsHost(uri.Host) ? "has to begin with https://."
        : null;

    private static string? NameOf(Uri container) => new BlobUriBuilder(container).BlobContainerName;

    private static bool IsSignature(string text) => text.TrimStart('?').Split('&').Any(part => part.Length > 4 && part.StartsWith("sig=", StringComparison.Ordinal));

    private static bool IsConnectionString(string text)
    {
        try
        {
            return new BlobServiceClient(text).Uri is not null;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    // "Naming and Referencing Containers, Blobs, and Metadata", Azure Blob Storage's reference.
    [GeneratedRegex(@"\A(?=.{3,63}\z)[a-z0-9]+(-[a-z0-9]+)*\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ContainerName();
}
