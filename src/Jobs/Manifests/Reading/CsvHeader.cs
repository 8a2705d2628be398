using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests.Planning;

namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>Reads the header of a CSV manifest: the row's fields, options by the API's names, <c>tag:NAME</c>, and template variables.</summary>
internal static class CsvHeader
{
    private const string TagPrefix = "tag:";
    private static readonly string[] Fields = ["id", "image", "images", "mask", "prompt", "output"];

    /// <summary>Gives the columns; what is wrong with them is added to the row's faults.</summary>
    public static List<CsvColumn> Read(IReadOnlyList<string> names, PlanLimits limits, ManifestRow row)
    {
        var columns = new List<CsvColumn>(names.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            var name = names[i].Trim();
            if (name.Length == 0) row.Fault(null, $"column {i + 1} of the header has no name");
            else if (!seen.Add(name)) row.Fault(ManifestRow.Short(name), "is in the header twice");
            else if (name is TagPrefix) row.Fault(name, "needs the tag's name, as in tag:brand");
            columns.Add(ColumnOf(name, limits.AllowedOptions));
        }

        if (!limits.ImagesOptional && !seen.Contains("image") && !seen.Contains("images")) row.Fault("image", $"the header has no column image or images{Hint(names)}");
        return columns;
    }

    private static CsvColumn ColumnOf(string name, IReadOnlySet<string> allowedOptions)
    {
        if (name.StartsWith(TagPrefix, StringComparison.Ordinal)) return new CsvColumn(CsvColumnKind.Tag, name[TagPrefix.Length..]);
        if (EditParameters.All.ContainsKey(name) || allowedOptions.Contains(name)) return new CsvColumn(CsvColumnKind.Option, name);
        var field = Array.IndexOf(Fields, name);
        return new CsvColumn(field < 0 ? CsvColumnKind.Variable : (CsvColumnKind)field, name);
    }

    private static string Hint(IReadOnlyList<string> names)
    {
        if (names.Count == 1 && names[0].AsSpan().ContainsAny(";\t")) return "; columns are separated by commas";
        var near = names.Select(n => n.Trim()).FirstOrDefault(n => NearestName.Find(n, ["image", "images"]) is not null);
        return near is null ? "" : $"; is \"{near}\" meant to be one?";
    }
}
