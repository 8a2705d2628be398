using System.Net;

namespace Darkroom.Worker.Access;

/// <summary>Tells what Kestrel will listen on, which the look of a name doesn't: it takes any host that it doesn't know for "all addresses of this machine".</summary>
internal static class ListenAddress
{
    private const string LocalDomain = ".localhost";

    /// <summary>Whether only this machine can reach an address such as <c>http://localhost:5080</c>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static bool IsLoopback(string url)
    {
        var address = BindingAddress.Parse(url);
        if (address.Scheme is not ("http" or "https")) throw new FormatException("Only http and https are served.");
        if (address.IsUnixPipe || address.IsNamedPipe) return false;
        return string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            || address.Host.EndsWith(LocalDomain, StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(address.Host, out var ip) && IsLoopback(ip));
    }

    /// <summary>Whether an address leads to this machine alone, also as IPv6 writes one of IPv4's.</summary>
    public static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
