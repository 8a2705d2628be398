namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>The tags that one or many rows give.</summary>
internal sealed class RowTags(IReadOnlyDictionary<string, string> values, IReadOnlyList<FieldFault> faults)
{
    private IReadOnlyDictionary<string, string>? _merged;

    public IReadOnlyDictionary<string, string> Values { get; } = values;

    public IReadOnlyList<FieldFault> Faults { get; } = faults;

    /// <summary>These over the defaults. Merged once: one plan has one set of defaults.</summary>
    public IReadOnlyDictionary<string, string> Over(IReadOnlyDictionary<string, string> defaults)
    {
        if (_merged is not null) return _merged;
        if (defaults.Count == 0) return _merged = Values;
        var merged = new Dictionary<string, string>(defaults, StringComparer.Ordinal);
        foreach (var (name, value) in Values) merged[name] = value;
        return _merged = merged;
    }
}
