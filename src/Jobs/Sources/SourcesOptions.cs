namespace Darkroom.Jobs.Sources;

/// <summary>What workers may fetch from addresses that manifests, answers and webhooks name: section <c>Sources</c>. Only public addresses unless opened here.</summary>
public sealed class SourcesOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Sources";

    /// <summary>Networks that may be fetched from although they are not public, such as <c>10.0.0.0/8</c> or <c>fd00::/8</c>.</summary>
    public IList<string> AllowedNetworks { get; set; } = [];

    /// <summary>
    /// Hosts, <c>NAME</c> or <c>NAME:PORT</c>, that may have loopback or private addresses and may receive <c>Headers</c> without TLS. Link-local, metadata and
    /// multicast addresses stay closed.
    /// </summary>
    public IList<string> AllowedHosts { get; set; } = [];

    /// <summary>
    /// Headers for one host, such as <c>Sources__Headers__img.example.com__Authorization</c>. Sent to exactly that host, over https or to an allowed host,
    /// never along a redirect to another host. Secrets.
    /// </summary>
    public IDictionary<string, IDictionary<string, string>> Headers { get; set; } = new Dictionary<string, IDictionary<string, string>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Storage accounts whose blobs may be read, by <c>az://ACCOUNT/CONTAINER/BLOB</c> or by their https address.</summary>
    public IDictionary<string, AzureAccountOptions> Azure { get; set; } = new Dictionary<string, AzureAccountOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Time for one source, from connecting through all redirects to the last byte.</summary>
    /// <value>1 s to 1 hour</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a source's server may send nothing.</summary>
    /// <value>1 s to 1 hour</value>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How many redirects are followed; each target must pass the same rules.</summary>
    /// <value>0 to 20</value>
    public int MaxRedirects { get; set; } = 5;

    /// <summary>The most pixels (width times height) that a fetched picture's header may claim.</summary>
    /// <value>1 to 2,000,000,000</value>
    public long MaxPixels { get; set; } = 100_000_000;
}
