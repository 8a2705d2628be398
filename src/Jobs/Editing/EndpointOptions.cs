namespace Darkroom.Jobs.Editing;

/// <summary>Where edits are sent and how long they may take: configuration section <c>Edit</c>.</summary>
public sealed class EndpointOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Edit";

    /// <summary>
    /// Absolute http(s) address that <c>/images/edits</c> is appended to, with or without a slash at its end; a query (<c>?api-version=…</c>) is kept.
    /// Default <c>https://api.openai.com/v1</c>.
    /// </summary>
    public string BaseUrl { get; set; } = "https://api.openai.com/v1";

    /// <summary>The key, or null or empty for a server that wants none. Never logged.</summary>
    public string? ApiKey { get; set; }

    /// <summary>
    /// The header that carries the key: <c>Authorization</c> (default; sent as a bearer token), or another such as Azure's <c>api-key</c>, sent bare.
    /// </summary>
    public string ApiKeyHeader { get; set; } = "Authorization";

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

    /// <summary>The address of a path below <see cref="BaseUrl"/>, such as <c>images/edits</c>.</summary>
    /// <exception cref="UriFormatException"><see cref="BaseUrl"/> is not an absolute address.</exception>
    public Uri Resolve(string path)
    {
        var address = new UriBuilder(new Uri(BaseUrl, UriKind.Absolute));
        address.Path = $"{address.Path.TrimEnd('/')}/{path}";
        return address.Uri;
    }

    /// <summary>Everything but the key.</summary>
    public override string ToString() =>
        $"{BaseUrl}, key {(string.IsNullOrEmpty(ApiKey) ? "not set" : "set")} in {ApiKeyHeader}, "
        + $"timeout {Timeout}, model {Model}, at most {MaxAnswerBytes} bytes an answer";
}
