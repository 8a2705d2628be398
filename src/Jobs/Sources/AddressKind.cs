namespace Darkroom.Jobs.Sources;

/// <summary>What an IP address is for, as far as fetching goes.</summary>
public enum AddressKind
{
    /// <summary>An address of the open internet.</summary>
    Public,

    /// <summary>127.0.0.0/8 and ::1.</summary>
    Loopback,

    /// <summary>RFC 1918, and unique local addresses of IPv6 (RFC 4193, and the site-local ones before them).</summary>
    Private,

    /// <summary>Between a carrier and its customers: 100.64.0.0/10 (RFC 6598). Some clouds serve metadata there.</summary>
    Shared,

    /// <summary>169.254.0.0/16 and fe80::/10. Most clouds serve metadata there.</summary>
    LinkLocal,

    /// <summary>A cloud's own services for its machines at an address that otherwise looks public: 168.63.129.16, 192.0.0.192, fd00:ec2::254.</summary>
    Metadata,

    /// <summary>224.0.0.0/4 and ff00::/8.</summary>
    Multicast,

    /// <summary>0.0.0.0/8 and ::, which many systems take for themselves.</summary>
    Unspecified,

    /// <summary>255.255.255.255.</summary>
    Broadcast,

    /// <summary>An IPv6 address with an IPv4 one in it: mapped, compatible, NAT64, 6to4, Teredo, ISATAP. What it leads to is the network's to decide.</summary>
    Embedded,

    /// <summary>Documentation, benchmarks, and what isn't given out (IANA special-purpose address registries).</summary>
    Reserved,
}
