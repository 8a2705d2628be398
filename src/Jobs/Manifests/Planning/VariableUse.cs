using System.Runtime.InteropServices;
using Darkroom.Jobs.Manifests.Reading;

namespace Darkroom.Jobs.Manifests.Planning;

/// <summary>Which variables rows give, and which of them prompts take: a variable that no prompt takes is most likely a slip, or a column that was meant to do something.</summary>
internal sealed class VariableUse
{
    private const int MostGiven = 1000;
    private const int MostTaken = 10_000;

    private readonly Dictionary<string, (long Rows, int FirstLine)> _given = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>Notes the variables to which a row gives values.</summary>
    public void Give(ManifestRow row)
    {
        foreach (var (name, value) in row.Variables)
        {
            if (value is null) continue;
            if (_given.Count >= MostGiven && !_given.ContainsKey(name)) continue;
            ref var given = ref CollectionsMarshal.GetValueRefOrAddDefault(_given, name, out var isKnown);
            given = isKnown ? (given.Rows + 1, given.FirstLine) : (1, row.Line);
        }
    }

    /// <summary>Notes what a prompt takes.</summary>
    public void Take(PromptTemplate template)
    {
        foreach (var name in template.Names)
            if (_taken.Count < MostTaken) _taken.Add(name);
    }

    /// <summary>Whether some prompt takes a variable; true as well when there were too many to tell.</summary>
    public bool IsTaken(string name) => _taken.Count >= MostTaken || _taken.Contains(name);

    /// <summary>The variables with values that no prompt takes.</summary>
    /// <param name="isColumn">Whether they are columns of a CSV.</param>
    /// <param name="except">Names that something else is said of.</param>
    public IEnumerable<ManifestNote> Unused(bool isColumn, IReadOnlySet<string> except) => _given
        .Where(given => !IsTaken(given.Key) && !except.Contains(given.Key))
        .OrderBy(given => given.Value.FirstLine)
        .Select(given => new ManifestNote(
            isColumn ? ManifestRow.Short(given.Key) : $"vars.{ManifestRow.Short(given.Key)}",
            $"no prompt uses this {(isColumn ? "column" : "variable")}; a prompt takes it as {{{{{ManifestRow.Short(given.Key)}}}}}",
            given.Value.Rows,
            given.Value.FirstLine));
}
