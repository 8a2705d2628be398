using System.Net.Http.Headers;

namespace Darkroom.Jobs.Sources;

/// <summary>
/// Gives requests the headers that are configured for their host, and for no other: looked up anew for each hop of a redirect. They are secrets, so they go over
/// TLS, or to a host that is trusted.
/// </summary>
internal sealed class HostHeaders(SourcesOptions options, AddressPolicy policy)
{
    private readonly Dictionary<string, IDictionary<string, string>> _headers = new(options.Headers, StringComparer.OrdinalIgnoreCase);

    public void AddTo(HttpRequestMessage request)
    {
        var address = request.RequestUri!;
        if (address.Scheme != Uri.UriSchemeHttps && !policy.Trusts(address.IdnHost, address.Port)) return;
        if (!_headers.TryGetValue(address.IdnHost.TrimEnd('.'), out var headers)) return;
        foreach (var (name, value) in headers) Add(request.Headers, name, value);
    }

    private static void Add(HttpRequestHeaders headers, string name, string value)
    {
        headers.Remove(name);
        headers.TryAddWithoutValidation(name, value);
    }
}
