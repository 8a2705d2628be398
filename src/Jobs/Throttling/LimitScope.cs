using System.Security.Cryptography;
using System.Text;
using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Throttling;

/// <summary>
/// Whose limits they are: those of one account at one endpoint. What is learned of one says nothing of another, such as of the simulator and the real service in
/// one database.
/// </summary>
public sealed record LimitScope
{
    private const int ShownDigits = 8;

    private LimitScope(string endpoint, string keyName, string id) => (Endpoint, KeyName, Id) = (endpoint, keyName, id);

    /// <summary>Scheme, host, port and path of the base address.</summary>
    public string Endpoint { get; }

    /// <summary>How people tell keys apart: <c>sha256:</c> and the first digits of the key's hash, <c>entra:ACCOUNT</c>, or <c>none</c>. Never the key.</summary>
    public string KeyName { get; }

    /// <summary>A hash of endpoint and key.</summary>
    public string Id { get; }

    /// <summary>The scope of the configured endpoint.</summary>
    /// <param name="options">The endpoint; validated.</param>
    /// <param name="account">The account whose tokens are sent with <c>Edit:Azure:UseEntraId</c>, or null where none is configured.</param>
    public static LimitScope Of(EndpointOptions options, string? account)
    {
        ArgumentNullException.ThrowIfNull(options);
        var address = new Uri(options.BaseUrl, UriKind.Absolute);
        // Without the query: an api-version has no limits of its own.
        var endpoint = address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');
        var (key, name) = options.Azure.UseEntraId ? ($"entra:{account}", account is null ? "entra" : $"entra:{account}")
            : string.IsNullOrEmpty(options.ApiKey) ? ("none", "none")
            : (Hash(options.ApiKey), $"sha256:{Hash(options.ApiKey)[..ShownDigits]}");
        return new LimitScope(endpoint, name, Hash($"{endpoint}\n{key}")[..16]);
    }

    /// <summary>The key under which stores keep a group.</summary>
    public string KeyOf(string group) => Names(group) ? $"{group}@{Id}" : group;

    /// <summary>
    /// Whether a group is of an endpoint and key. The caps of a batch are the batch's own, wherever its calls go, and an endpoint that is unproven is so for every key.
    /// </summary>
    public static bool Names(string group) => !BatchCaps.Owns(group) && !UnprovenModels.Owns(group);

    /// <inheritdoc/>
    public override string ToString() => $"{Endpoint} (key {KeyName})";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
