using System.Text.Json;
using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>The options that one or many rows give, and what comes of laying them over the defaults.</summary>
/// <param name="set">Those with a value.</param>
/// <param name="unset">Those given as null: they take a default away.</param>
/// <param name="faults">What is wrong with them by themselves.</param>
internal sealed class RowOptions(EditOptions set, IReadOnlyList<string> unset, IReadOnlyList<FieldFault> faults)
{
    private EditOptions? _merged;

    public EditOptions Set { get; } = set;

    public IReadOnlyList<FieldFault> Faults { get; } = faults;

    /// <summary>What is wrong with the merged options; known after <see cref="Over"/>.</summary>
    public IReadOnlyList<FieldFault> MergedFaults { get; private set; } = [];

    public static RowOptions None() => new(EditOptions.None, [], []);

    /// <summary>These over the defaults. Merged once: one plan has one set of defaults.</summary>
    public EditOptions Over(EditOptions defaults)
    {
        if (_merged is not null) return _merged;
        _merged = (unset.Count == 0 ? defaults : EditOptions.Create(defaults.Values.Where(o => !unset.Contains(o.Key, StringComparer.Ordinal)))).With(Set);

        // With faults of their own, options have said what they have to say.
        if (Faults.Count > 0) return _merged;
        var together = EditParameters.FaultsTogether(_merged).Select(f => new FieldFault($"options.{f.Name}", f.Reason)).ToList();
        if (!_merged.Values.TryGetValue("model", out var model) || model.ValueKind != JsonValueKind.String)
            together.Add(new FieldFault("options.model", "is missing; give it in the row, in the manifest's head or with --model"));
        MergedFaults = together;
        return _merged;
    }
}
