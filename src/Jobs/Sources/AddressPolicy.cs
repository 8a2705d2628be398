using System.Net;
using System.Net.Sockets;

namespace Darkroom.Jobs.Sources;

/// <summary>
/// Says which addresses may be connected to: public ones; those of <see cref="SourcesOptions.AllowedNetworks"/>; and, for hosts that are trusted by name,
/// loopback and private ones. Immutable.
/// </summary>
public sealed class AddressPolicy
{
    private readonly AddressRange[] _networks;
    private readonly HashSet<string> _hosts;

    /// <summary>Makes one.</summary>
    /// <param name="options">Checked by <see cref="SourcesOptionsValidator"/>.</param>
    /// <param name="trusted">Hosts trusted besides: those of addresses that whoever runs Darkroom has configured.</param>
    public AddressPolicy(SourcesOptions options, params IEnumerable<string> trusted)
    {
        ArgumentNullException.ThrowIfNull(options);
        _networks = [.. options.AllowedNetworks.Select(AddressRange.Parse)];
        _hosts = options.AllowedHosts.Concat(trusted).Select(Canonical).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether the host is trusted by name, at this port or at all.</summary>
    /// <param name="host">A name, or a literal address without brackets.</param>
    /// <param name="port">The port.</param>
    public bool Trusts(string host, int port) => _hosts.Contains(Canonical(host)) || _hosts.Contains($"{Canonical(host)}:{port}");

    /// <summary>Whether a host's address may be connected to.</summary>
    public bool Permits(string host, int port, IPAddress address)
    {
        // An address of a zone (fe80::1%eth0) is no other address.
        var bare = address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 } ? new IPAddress(address.GetAddressBytes()) : address;
        if (Array.Exists(_networks, network => network.Contains(bare))) return true;
        return AddressKinds.Of(bare) switch
        {
            AddressKind.Public => true,
            // A name that is trusted may be at home here; metadata, multicast and the like are nobody's home.
            AddressKind.Loopback or AddressKind.Private or AddressKind.Shared => Trusts(host, port),
            _ => false,
        };
    }

    private static string Canonical(string host) => host.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).TrimEnd('.');
}
