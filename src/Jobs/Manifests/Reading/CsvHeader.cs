using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests.Planning;

namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>Reads the header of a CSV manifest: the row's fields, options by the API's names, <c>tag:NAME</c>, and template variables.</summary>
internal static class CsvHeader
{
    private const string TagPrefix = "tag:";
    private static readonly string[] Fields = ["id", "image", "images", "mask", "prompt", "output"];

    // What people call a column of images that isn't a slip of it.
    private static readonly string[] ImageWords = ["image", "img", "url", "photo", "picture", "file"];

    /// <summary>Gives the columns; what is wrong with them is added to the row's faults, and slips of known names to <paramref name="slips"/>.</summary>
    public static List<CsvColumn> Read(IReadOnlyList<string> names, PlanLimits limits, ManifestRow row, List<ColumnSlip> slips)
    {
        var columns = new List<CsvColumn>(names.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            var name = names[i].Trim();
            if (name.Length > 0 && !seen.Add(name)) row.Fault(ManifestRow.Short(name), "is in the header twice");
            else if (name is TagPrefix) row.Fault(name, "needs the tag's name, as in tag:brand");
            columns.Add(ColumnOf(name, i, limits.AllowedOptions));
        }

        foreach (var column in columns)
            if (column.Kind == CsvColumnKind.Variable && MeantBy(column.Name, limits.AllowedOptions) is { } meant) slips.Add(new ColumnSlip(column.Name, meant, row.Line));
        if (limits.ImagesOptional || seen.Contains("image") || seen.Contains("images")) return columns;
        var slip = slips.Find(slip => slip.Meant is "image" or "images");
        if (slip is not null) slips.Remove(slip);
        var near = slip?.Name ?? columns.Find(c => c.Kind == CsvColumnKind.Variable && ImageWords.Any(word => c.Name.Contains(word, StringComparison.OrdinalIgnoreCase)))?.Name;
        row.Fault("image", $"the header has no column image or images{(near is null ? "" : $"; is \"{ManifestRow.Short(near)}\" meant to be one?")}");
        return columns;
    }

    /// <summary>How many of the names are known, or slips of known ones: a header read with the wrong separator has none.</summary>
    public static int CountKnown(IEnumerable<string> names, IReadOnlySet<string> allowedOptions)
    {
        var count = 0;
        foreach (var name in names)
            if (ColumnOf(name.Trim(), 0, allowedOptions).Kind is not (CsvColumnKind.Variable or CsvColumnKind.Nameless) || MeantBy(name.Trim(), allowedOptions) is not null) count++;
        return count;
    }

    private static CsvColumn ColumnOf(string name, int at, IReadOnlySet<string> allowedOptions)
    {
        if (name.Length == 0) return new CsvColumn(CsvColumnKind.Nameless, $"column {at + 1}");
        if (name.StartsWith(TagPrefix, StringComparison.Ordinal)) return new CsvColumn(CsvColumnKind.Tag, name[TagPrefix.Length..].Trim());
        if (EditParameters.All.ContainsKey(name) || allowedOptions.Contains(name)) return new CsvColumn(CsvColumnKind.Option, name);
        var field = Array.IndexOf(Fields, name);
        return new CsvColumn(field < 0 ? CsvColumnKind.Variable : (CsvColumnKind)field, name);
    }

    private static string? MeantBy(string name, IReadOnlySet<string> allowedOptions)
    {
        if (TagMeantBy(name) is { } tag) return tag;
        var options = EditParameters.All.Keys.Concat(allowedOptions);
        // Problems name an option as it stands in JSON, options.quality; in a CSV it has its own name.
        foreach (var prefix in (ReadOnlySpan<string>)["options", "option"])
            if (name.Length > prefix.Length + 1 && name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && !char.IsLetterOrDigit(name[prefix.Length]))
                return NearestName.Meant(name[(prefix.Length + 1)..].Trim(), options);
        return NearestName.Meant(name, Fields.Concat(options));
    }

    // Tag:brand, TAG brand, tags_brand; and tags alone, which JSON has.
    private static string? TagMeantBy(string name)
    {
        if (!name.StartsWith("tag", StringComparison.OrdinalIgnoreCase)) return null;
        var rest = name.AsSpan(3);
        if (rest.StartsWith("s", StringComparison.OrdinalIgnoreCase)) rest = rest[1..];
        if (rest.IsEmpty) return "tag:NAME";
        if (char.IsLetterOrDigit(rest[0])) return null;
        rest = rest.TrimStart(" :_-.=");
        return rest.IsEmpty ? "tag:NAME" : $"tag:{rest}";
    }
}
