using Darkroom.Jobs.Access;

namespace Darkroom.Jobs.Editing;

/// <summary>The edit service and how long calls may take: section <c>Edit</c>.</summary>
public sealed class EndpointOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Edit";

    /// <summary>The header of bearer tokens.</summary>
    public const string Authorization = "Authorization";

    /// <summary>The header of Azure's keys (docs/endpoint.md, Servers).</summary>
    public const string AzureKeyHeader = "api-key";

    private static readonly string[] AzureDomains = [".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"];

    /// <summary>The http or https address to which <c>/images/edits</c> is appended; a query such as <c>?api-version=…</c> is kept. <c>OPENAI_BASE_URL</c> sets it too.</summary>
    public string BaseUrl { get; set; } = "https://api.openai.com/v1";

    /// <summary>The key; leave it out for a server that needs none. Never stored, printed or logged. <c>OPENAI_API_KEY</c> sets it too. A secret.</summary>
    public string? ApiKey { get; set; }

    /// <summary>
    /// Whether the key may go over plain http to another machine, on a network of your own. Read from the environment only: a file in the current folder can't allow it.
    /// </summary>
    public bool AllowInsecure { get; set; }

    /// <summary>
    /// The header that carries the key. <c>Authorization</c> sends it as a bearer token, any other header sends it bare. When not set: <c>api-key</c> at Azure
    /// addresses, else <c>Authorization</c>.
    /// </summary>
    public string? ApiKeyHeader { get; set; }

    /// <summary>What only Azure OpenAI has.</summary>
    public AzureEndpointOptions Azure { get; set; } = new();

    /// <summary>Time for a whole call, from connecting to the last byte. Calls take up to 280 s; giving up early pays twice.</summary>
    /// <value>above 0, up to 1 day</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(600);

    /// <summary>The model when neither flag nor row names one. Darkroom always sends a model, because the service's own default has changed over time.</summary>
    public string Model { get; set; } = "gpt-image-2";

    /// <summary>The largest answer that is accepted, in bytes after decompression.</summary>
    /// <value>1,048,576 or more</value>
    public long MaxAnswerBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>
    /// How many items of a batch must share a local file before it is uploaded once and named by its id, instead of being sent inline with each. 0: upload only
    /// files that are too large to send inline.
    /// </summary>
    /// <value>0, or 2 to 1,000,000</value>
    public int UploadSharedFrom { get; set; } = 8;

    /// <summary>How long the service keeps an uploaded file; Darkroom uploads it again before that ends.</summary>
    /// <value>1 hour to 30 days</value>
    public TimeSpan UploadLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The <c>purpose</c> that uploads are sent with.</summary>
    public string UploadPurpose { get; set; } = "vision";

    /// <summary>The header that the key goes into.</summary>
    public string KeyHeader => !string.IsNullOrEmpty(ApiKeyHeader) ? ApiKeyHeader : IsAzure ? AzureKeyHeader : Authorization;

    /// <summary>Whether <see cref="BaseUrl"/> is on one of Azure's own domains.</summary>
    public bool IsAzure => Uri.TryCreate(BaseUrl, UriKind.Absolute, out var address)
        && AzureDomains.Any(domain => address.Host.EndsWith(domain, StringComparison.OrdinalIgnoreCase));

    /// <summary>The address of a path below <see cref="BaseUrl"/>, such as <c>images/edits</c>.</summary>
    /// <exception cref="UriFormatException"><see cref="BaseUrl"/> is not an absolute address.</exception>
    public Uri Resolve(string path)
    {
        var address = new UriBuilder(new Uri(BaseUrl, UriKind.Absolute));
        address.Path = $"{address.Path.TrimEnd('/')}/{path}";
        return address.Uri;
    }

    /// <summary>
    /// The address of a path of the Files API, such as <c>files</c>. Files belong to the whole account, so a deployment in the path is left out:
    /// <c>/openai/deployments/D</c> has its files at <c>/openai/files</c>.
    /// </summary>
    /// <exception cref="UriFormatException"><see cref="BaseUrl"/> is not an absolute address.</exception>
    public Uri ResolveFiles(string path)
    {
        var address = new UriBuilder(new Uri(BaseUrl, UriKind.Absolute));
        var root = address.Path.TrimEnd('/');
        var deployments = root.IndexOf("/deployments/", StringComparison.OrdinalIgnoreCase);
        address.Path = $"{(deployments < 0 ? root : root[..deployments])}/{path}";
        return address.Uri;
    }

    /// <summary>Where edits are sent, without what may be a secret: scheme, host, port and path. What is learned of an endpoint belongs to this.</summary>
    public string Place => Resolve("images/edits").GetComponents(UriComponents.Scheme | UriComponents.Host | UriComponents.StrongPort | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>
    /// The hosts that answers may name though they aren't public: the endpoint's own, at its own port. It was configured, so it is trusted; on this machine
    /// it goes by several names.
    /// </summary>
    public IEnumerable<string> TrustedHosts()
    {
        var address = new Uri(BaseUrl, UriKind.Absolute);
        string[] hosts = Loopback.IsHost(address.Host) ? [address.IdnHost, "localhost", "127.0.0.1", "::1"] : [address.IdnHost];
        return hosts.Select(host => $"{host}:{address.Port}");
    }

    /// <summary>Everything but the key.</summary>
    public override string ToString() =>
        $"{BaseUrl}, {(Azure.UseEntraId ? "Entra ID" : $"key {(string.IsNullOrEmpty(ApiKey) ? "not set" : "set")} in {KeyHeader}")}, "
        + $"timeout {DurationText.Words(Timeout)}, model {Model}, at most {MaxAnswerBytes} bytes an answer";
}
