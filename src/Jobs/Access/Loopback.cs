using System.Net;

namespace Darkroom.Jobs.Access;

/// <summary>Tells addresses of this machine by what they say: <c>localhost</c> and loopback addresses. Other names lead where a name server says.</summary>
public static class Loopback
{
    /// <summary>Whether an address is loopback, also in the form <c>::ffff:127.0.0.1</c>.</summary>
    public static bool IsAddress(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
    }

    /// <summary>Whether a host is <c>localhost</c> or a loopback address; one of IPv6 may stand in brackets.</summary>
    public static bool IsHost(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IsAddress(address));
    }
}
