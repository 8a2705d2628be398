using System.Net;
using System.Net.Sockets;

namespace Darkroom.Jobs.Sources;

/// <summary>Sorts addresses by the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890 and its updates).</summary>
public static class AddressKinds
{
    // The first that fits counts.
    private static readonly (AddressRange Range, AddressKind Kind)[] V4 = Table(
        ("168.63.129.16/32", AddressKind.Metadata), ("192.0.0.192/32", AddressKind.Metadata), ("0.0.0.0/8", AddressKind.Unspecified),
        ("10.0.0.0/8", AddressKind.Private), ("100.64.0.0/10", AddressKind.Shared), ("127.0.0.0/8", AddressKind.Loopback),
        ("169.254.0.0/16", AddressKind.LinkLocal), ("172.16.0.0/12", AddressKind.Private), ("192.0.0.0/24", AddressKind.Reserved),
        ("192.0.2.0/24", AddressKind.Reserved), ("192.31.196.0/24", AddressKind.Reserved), ("192.52.193.0/24", AddressKind.Reserved),
        ("192.88.99.0/24", AddressKind.Reserved), ("192.168.0.0/16", AddressKind.Private), ("192.175.48.0/24", AddressKind.Reserved),
        ("198.18.0.0/15", AddressKind.Reserved), ("198.51.100.0/24", AddressKind.Reserved), ("203.0.113.0/24", AddressKind.Reserved),
        ("224.0.0.0/4", AddressKind.Multicast), ("255.255.255.255/32", AddressKind.Broadcast), ("240.0.0.0/4", AddressKind.Reserved));

    // All that is given out for use on the internet is in 2000::/3.
    private static readonly (AddressRange Range, AddressKind Kind)[] V6 = Table(
        ("::/128", AddressKind.Unspecified), ("::1/128", AddressKind.Loopback), ("::/96", AddressKind.Embedded), ("::ffff:0:0/96", AddressKind.Embedded),
        ("::ffff:0:0:0/96", AddressKind.Embedded), ("64:ff9b::/96", AddressKind.Embedded), ("64:ff9b:1::/48", AddressKind.Embedded),
        ("fd00:ec2::254/128", AddressKind.Metadata), ("2001::/32", AddressKind.Embedded), ("2002::/16", AddressKind.Embedded),
        ("fc00::/7", AddressKind.Private), ("fec0::/10", AddressKind.Private), ("fe80::/10", AddressKind.LinkLocal), ("ff00::/8", AddressKind.Multicast),
        ("2001::/23", AddressKind.Reserved), ("2001:db8::/32", AddressKind.Reserved), ("2620:4f:8000::/48", AddressKind.Reserved),
        ("3fff::/20", AddressKind.Reserved));

    private static readonly AddressRange GlobalV6 = AddressRange.Parse("2000::/3");

    /// <summary>The kind of an address.</summary>
    public static AddressKind Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var isV4 = address.AddressFamily == AddressFamily.InterNetwork;
        foreach (var (range, kind) in isV4 ? V4 : V6)
            if (range.Contains(address)) return kind;
        if (isV4) return AddressKind.Public;
        if (IsIsatap(address)) return AddressKind.Embedded;
        return GlobalV6.Contains(address) ? AddressKind.Public : AddressKind.Reserved;
    }

    /// <summary>The kind in words: <c>link-local</c>.</summary>
    public static string NameOf(AddressKind kind) => kind switch
    {
        AddressKind.LinkLocal => "link-local",
        AddressKind.Metadata => "cloud metadata",
        AddressKind.Embedded => "IPv4-in-IPv6",
        AddressKind.Shared => "carrier-grade NAT",
        _ => kind.ToString().ToLowerInvariant(),
    };

    // RFC 5214: 0:5EFE, or with the universal bit set 200:5EFE, and then an IPv4 address.
    private static bool IsIsatap(IPAddress address) => address.GetAddressBytes() is [_, _, _, _, _, _, _, _, 0 or 2, 0, 0x5E, 0xFE, ..];

    private static (AddressRange Range, AddressKind Kind)[] Table(params (string Network, AddressKind Kind)[] rows) =>
        [.. rows.Select(row => (AddressRange.Parse(row.Network), row.Kind))];
}
