using System.Diagnostics.CodeAnalysis;

namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>
/// Remembers what was made of a short piece of JSON. Rows say the same options and tags thousands of times over; made once and shared, they cost neither
/// time nor memory. Bounded: once full, what is new is made each time.
/// </summary>
internal sealed class RawCache<T>
    where T : class
{
    private const int MostEntries = 1024;
    private const int MostBytes = 1024;

    private readonly Dictionary<byte[], T> _entries = new(Bytes.Comparer);
    private readonly Dictionary<byte[], T>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public RawCache() => _lookup = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();

    public bool TryGet(ReadOnlySpan<byte> json, [NotNullWhen(true)] out T? value) => _lookup.TryGetValue(json, out value);

    public T Add(ReadOnlySpan<byte> json, T value)
    {
        if (_entries.Count < MostEntries && json.Length <= MostBytes) _lookup[json] = value;
        return value;
    }

    private sealed class Bytes : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly Bytes Comparer = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
