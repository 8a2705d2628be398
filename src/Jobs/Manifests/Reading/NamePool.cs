using System.Text;

namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>Gives one string for a name that comes in every row. Bounded.</summary>
internal sealed class NamePool
{
    private const int MostNames = 1024;
    private const int MostCharacters = 64;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MostCharacters) return Encoding.UTF8.GetString(utf8);
        Span<char> characters = stackalloc char[MostCharacters];
        var name = characters[..Encoding.UTF8.GetChars(utf8, characters)];
        var lookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(name, out var known)) return known;
        var added = name.ToString();
        if (_names.Count < MostNames) _names.Add(added);
        return added;
    }
}
