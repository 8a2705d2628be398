namespace Darkroom.Jobs.Costs;

/// <summary>One thing that a report groups by.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Tag">The tag's name, for <see cref="ReportDimensionKind.Tag"/> only, else null.</param>
public sealed record ReportDimension(ReportDimensionKind Kind, string? Tag = null)
{
    private const string TagPrefix = "tag:";
    private const string Known = "day, model, batch, user, tag:NAME";

    /// <summary>Its name on the command line, and the report's column and JSON key.</summary>
    public string Name => Kind switch
    {
        ReportDimensionKind.Day => "day",
        ReportDimensionKind.Model => "model",
        ReportDimensionKind.Batch => "batch",
        ReportDimensionKind.User => "user",
        _ => TagPrefix + Tag,
    };

    /// <summary>Reads a list such as <c>day,model,tag:brand</c>; spaces around a comma are allowed.</summary>
    /// <param name="text">The value of <c>--by</c>.</param>
    /// <param name="dimensions">In the order given; empty on an error.</param>
    /// <param name="error">What is wrong, or null.</param>
    public static bool TryParse(string? text, out IReadOnlyList<ReportDimension> dimensions, out string? error)
    {
        var found = new List<ReportDimension>();
        dimensions = [];
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Length == 0)
            {
                error = $"Name what to group by, separated by single commas: {Known}.";
                return false;
            }

            if (ParseOne(part) is not { } dimension)
            {
                error = string.Equals(part, TagPrefix, StringComparison.Ordinal) ? "tag: needs the tag's name, such as tag:brand." : $"{part} is nothing to group by; known are {Known}.";
                return false;
            }

            if (found.Contains(dimension))
            {
                error = $"{part} is there twice.";
                return false;
            }

            found.Add(dimension);
        }

        dimensions = found;
        error = null;
        return true;
    }

    private static ReportDimension? ParseOne(string part) => part switch
    {
        "day" => new(ReportDimensionKind.Day),
        "model" => new(ReportDimensionKind.Model),
        "batch" => new(ReportDimensionKind.Batch),
        "user" => new(ReportDimensionKind.User),
        _ when part.StartsWith(TagPrefix, StringComparison.Ordinal) && part.Length > TagPrefix.Length => new(ReportDimensionKind.Tag, part[TagPrefix.Length..]),
        _ => null,
    };
}
