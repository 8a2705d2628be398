namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>Tells whether a name is new among the variables of a row: by looking through the few that rows have, by a set once they are many.</summary>
internal struct NamesSeen(List<KeyValuePair<string, string?>> variables)
{
    private const int Few = 16;

    private HashSet<string>? _many;

    public bool IsNew(string name)
    {
        if (variables.Count >= Few) return (_many ??= [.. variables.Select(v => v.Key)]).Add(name);
        foreach (var (known, _) in variables)
            if (string.Equals(known, name, StringComparison.Ordinal)) return false;
        return true;
    }
}
