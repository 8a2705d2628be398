namespace Darkroom.Jobs.Sources;

/// <summary>What may be fetched from addresses that manifests and answers name, and how: configuration section <c>Sources</c>. Shut unless opened here.</summary>
public sealed class SourcesOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Sources";

    /// <summary>Networks that may be fetched from though they aren't public, as <c>10.0.0.0/8</c> or <c>fd00::/8</c>. Default none.</summary>
    public IList<string> AllowedNetworks { get; set; } = [];

    /// <summary>
    /// Hosts, <c>NAME</c> or <c>NAME:PORT</c>, that may be at loopback or private addresses, and may be given <see cref="Headers"/> without TLS. Never lifts
    /// the bar on link-local, metadata and multicast addresses. Default none.
    /// </summary>
    public IList<string> AllowedHosts { get; set; } = [];

    /// <summary>
    /// Headers for a host, by host and name: <c>Sources:Headers:img.example.com:Authorization</c>. Secrets. Sent to exactly that host, over https or to an
    /// allowed host, never along a redirect to another one. Default none.
    /// </summary>
    public IDictionary<string, IDictionary<string, string>> Headers { get; set; } = new Dictionary<string, IDictionary<string, string>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Storage accounts that <c>az://ACCOUNT/CONTAINER/BLOB</c> and their blobs' https addresses may name, by account. Default none.</summary>
    public IDictionary<string, AzureAccountOptions> Azure { get; set; } = new Dictionary<string, AzureAccountOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Time for one source, from connecting over all redirects to the last byte. Default 60 s; 1 s to 1 hour.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a server may send nothing. Default 15 s; 1 s to 1 hour.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Redirects followed, each under all the rules. Default 5; 0 to 20.</summary>
    public int MaxRedirects { get; set; } = 5;

    /// <summary>Most pixels (width times height) that a fetched picture's header may claim. Default 100,000,000; 1 to 2,000,000,000.</summary>
    public long MaxPixels { get; set; } = 100_000_000;
}
