using System.Net;

namespace Darkroom.Jobs.Editing;

/// <summary>Where edits are sent and how long they may take: configuration section <c>Edit</c>.</summary>
public sealed class EndpointOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Edit";

    /// <summary>The header of bearer tokens.</summary>
    public const string Authorization = "Authorization";

    /// <summary>The header of Azure's keys (images-edits-facts.md, Azure OpenAI).</summary>
    public const string AzureKeyHeader = "api-key";

    private static readonly string[] AzureDomains = [".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"];

    /// <summary>
    /// Absolute http(s) address that <c>/images/edits</c> is appended to, with or without a slash at its end; a query (<c>?api-version=…</c>) is kept.
    /// Azure: <c>https://NAME.openai.azure.com/openai/v1</c>, or <c>…/openai/deployments/DEPLOYMENT?api-version=VERSION</c>.
    /// Default <c>https://api.openai.com/v1</c>.
    /// </summary>
    public string BaseUrl { get; set; } = "https://api.openai.com/v1";

    /// <summary>The key, or null or empty for a server that wants none. Never logged.</summary>
    public string? ApiKey { get; set; }

    /// <summary>
    /// Whether the key may go over plain http to another machine, on a network of your own. Read from the environment only (<c>Edit__AllowInsecure=true</c>): a file that lies in
    /// the current folder can't allow it. Default false.
    /// </summary>
    public bool AllowInsecure { get; set; }

    /// <summary>
    /// The header that carries the key: <c>Authorization</c> (sent as a bearer token), or another such as Azure's <c>api-key</c>, sent bare.
    /// Default null: <c>api-key</c> for an address of Azure's, else <c>Authorization</c>.
    /// </summary>
    public string? ApiKeyHeader { get; set; }

    /// <summary>What only Azure OpenAI has.</summary>
    public AzureEndpointOptions Azure { get; set; } = new();

    /// <summary>
    /// Time for a whole call, from connecting to the last byte. Default 600 s: calls take up to 280 s, and giving up early pays twice
    /// (images-edits-facts.md, Streaming). More than zero, at most a day.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(600);

    /// <summary>The model sent when a request names none; the service's own default has moved over time. Default <c>gpt-image-2</c>.</summary>
    public string Model { get; set; } = "gpt-image-2";

    /// <summary>
    /// Most bytes taken of one answer, decompressed; beyond that it is a bad answer. Default 512 MiB: ten images of the largest size with their
    /// partial images fit. At least 1 MiB.
    /// </summary>
    public long MaxAnswerBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>
    /// From how many items of a batch on a local file is uploaded once and named by its id, instead of being sent inline with each; a file too large
    /// for a data URL is uploaded always. Default 8: below that an upload hardly pays. At least 2, or 0 to upload only what is too large.
    /// </summary>
    public int UploadSharedFrom { get; set; } = 8;

    /// <summary>
    /// How long an uploaded file is kept by the service; it is uploaded anew before that ends. Default 1 day. One hour to 30 days
    /// (images-edits-facts.md, <c>expires_after</c>).
    /// </summary>
    public TimeSpan UploadLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The <c>purpose</c> of uploaded files. Default <c>vision</c> (images-edits-facts.md, Request rules).</summary>
    public string UploadPurpose { get; set; } = "vision";

    /// <summary>The header that the key goes into.</summary>
    public string KeyHeader => !string.IsNullOrEmpty(ApiKeyHeader) ? ApiKeyHeader : IsAzure ? AzureKeyHeader : Authorization;

    /// <summary>Whether <see cref="BaseUrl"/> is on one of Azure's own domains.</summary>
    public bool IsAzure => Uri.TryCreate(BaseUrl, UriKind.Absolute, out var address)
        && AzureDomains.Any(domain => address.Host.EndsWith(domain, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether an address is this machine's by what it says: <c>localhost</c> or a loopback address. Other names lead where a name server says.</summary>
    public static bool IsThisMachine(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase)) return true;
        return IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip);
    }

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
        string[] hosts = IsThisMachine(address) ? [address.IdnHost, "localhost", "127.0.0.1", "::1"] : [address.IdnHost];
        return hosts.Select(host => $"{host}:{address.Port}");
    }

    /// <summary>Everything but the key.</summary>
    public override string ToString() =>
        $"{BaseUrl}, {(Azure.UseEntraId ? "Entra ID" : $"key {(string.IsNullOrEmpty(ApiKey) ? "not set" : "set")} in {KeyHeader}")}, "
        + $"timeout {DurationText.Words(Timeout)}, model {Model}, at most {MaxAnswerBytes} bytes an answer";
}
