using System.Net;

namespace Darkroom.Jobs.Sources;

/// <summary>
/// A range of addresses of one family, by its bits alone. The framework's <see cref="IPNetwork"/> takes <c>::ffff:127.0.0.1</c> for an address of 127.0.0.0/8
/// and for none of ::ffff:0:0/96: whoever opens the one must not open the other with it.
/// </summary>
internal readonly struct AddressRange
{
    private readonly byte[] _start;
    private readonly int _bits;

    private AddressRange(IPNetwork network) => (_start, _bits) = (network.BaseAddress.GetAddressBytes(), network.PrefixLength);

    /// <summary>Reads <c>10.0.0.0/8</c>.</summary>
    /// <exception cref="FormatException">It is no network.</exception>
    public static AddressRange Parse(string text) => new(IPNetwork.Parse(text));

    /// <summary>Whether an address is in it.</summary>
    public bool Contains(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out var length) || length != _start.Length) return false;
        for (var bit = 0; bit < _bits; bit += 8)
        {
            var mask = _bits - bit >= 8 ? 0xFF : 0xFF << (8 - (_bits - bit));
            if (((bytes[bit / 8] ^ _start[bit / 8]) & mask & 0xFF) != 0) return false;
        }

        return true;
    }
}
