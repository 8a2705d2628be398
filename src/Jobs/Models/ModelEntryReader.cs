namespace Darkroom.Jobs.Models;

/// <summary>Reads one model of the book.</summary>
internal static class ModelEntryReader
{
    public static readonly string[] Properties =
    [
        "name", "snapshots", "aliases", "family", "limits_group", "notes", "form", "max_images", "max_prompt", "batch", "parameters", "sizes", "prices",
        "output_tokens", "output_text_tokens_worst", "input_tokens", "partial_image_tokens", "shutdown", "replacement",
    ];

    public static ModelEntry Read(BookEntry entry)
    {
        var name = entry.Need("name").Text();
        return new ModelEntry
        {
            Name = name,
            Snapshots = entry.Get("snapshots")?.Texts() ?? [],
            Aliases = entry.Get("aliases")?.Texts() ?? [],
            Family = entry.Get("family")?.Text() ?? name,
            LimitsGroup = entry.Get("limits_group")?.Text() ?? name,
            Notes = entry.Get("notes")?.Texts() ?? [],
            Form = ReadForm(entry.Get("form")),
            MaxImages = entry.Get("max_images")?.Whole(1) ?? ModelEntry.DefaultMaxImages,
            MaxPrompt = entry.Get("max_prompt")?.Whole(1) ?? ModelEntry.DefaultMaxPrompt,
            Batch = entry.Get("batch")?.Flag(),
            Parameters = ReadParameters(entry.Get("parameters")),
            Sizes = ReadSizes(entry.Get("sizes")),
            Prices = PriceEntryReader.Read(entry.Get("prices")),
            OutputTokens = ReadOutputTokens(entry.Get("output_tokens")),
            OutputTextTokensWorst = entry.Get("output_text_tokens_worst")?.Whole(0) ?? 0,
            InputTokens = ReadInputTokens(entry.Get("input_tokens")),
            PartialImageTokens = entry.Get("partial_image_tokens")?.Whole(0) ?? 100,
            Shutdown = entry.Get("shutdown")?.Date(),
            Replacement = entry.Get("replacement")?.Text(),
        };
    }

    private static RequestForm ReadForm(JsonPlace? place) => place?.Text() switch
    {
        null or "json" => RequestForm.Json,
        "multipart" => RequestForm.Multipart,
        _ => throw place.Fault("must be json or multipart"),
    };

    private static Dictionary<string, ParameterRule> ReadParameters(JsonPlace? place) =>
        place?.Members().ToDictionary(m => m.Key, m => ReadParameter(m.Value), StringComparer.Ordinal) ?? new(StringComparer.Ordinal);

    private static ParameterRule ReadParameter(JsonPlace place)
    {
        var parts = new BookEntry(place, place.Members("refused", "type", "values", "min", "max", "default", "needs_format", "warnings"));
        var values = parts.Get("values")?.Texts() ?? [];
        var (min, max) = (parts.Get("min")?.Whole(int.MinValue), parts.Get("max")?.Whole(int.MinValue));
        if (min > max) throw place.Fault("min is greater than max");
        return new ParameterRule
        {
            Refused = parts.Get("refused")?.Text(),
            Type = values.Count > 0 ? ParameterType.Text : min is not null || max is not null ? ParameterType.Whole : ReadType(parts.Get("type")),
            Values = values,
            Min = min ?? int.MinValue,
            Max = max ?? int.MaxValue,
            Default = parts.Get("default")?.Whole(int.MinValue),
            NeedsFormat = parts.Get("needs_format")?.Members().ToDictionary(m => m.Key, m => m.Value.Texts(), StringComparer.Ordinal) ?? new(StringComparer.Ordinal),
            Warnings = parts.Get("warnings")?.Members().ToDictionary(m => m.Key, m => m.Value.Text(), StringComparer.Ordinal) ?? new(StringComparer.Ordinal),
        };
    }

    private static ParameterType ReadType(JsonPlace? place) => place?.Text() switch
    {
        null => ParameterType.Any,
        "string" => ParameterType.Text,
        "integer" => ParameterType.Whole,
        "boolean" => ParameterType.Flag,
        _ => throw place.Fault("must be string, integer or boolean"),
    };

    private static SizeRule? ReadSizes(JsonPlace? place)
    {
        if (place is null) return null;
        var parts = new BookEntry(place, place.Members("listed", "free"));
        var listed = parts.Get("listed")?.Texts() ?? [];
        FreeSizeRule? free = null;
        if (parts.Get("free") is { } freePlace)
        {
            var rule = new BookEntry(freePlace, freePlace.Members("multiple", "max_ratio", "max_edge", "min_pixels", "max_pixels"));
            free = new FreeSizeRule(
                rule.Need("multiple").Whole(1), rule.Need("max_ratio").Whole(1), rule.Need("max_edge").Whole(1, 999_999), rule.Need("min_pixels").Whole(1), rule.Need("max_pixels").Whole(1));
            if (free.Nearest(new ImageSize(1024, 1024)) is null) throw freePlace.Fault("allows no size at all");
        }

        return listed.Count == 0 && free is null ? throw place.Fault("needs listed or free") : new SizeRule(listed, free);
    }

    private static Dictionary<string, IReadOnlyDictionary<string, int>>? ReadOutputTokens(JsonPlace? place) => place?.Members().ToDictionary(
        row => ImageSize.Parse(row.Key) is null ? throw row.Value.Fault("must be named WIDTHxHEIGHT") : row.Key,
        row => (IReadOnlyDictionary<string, int>)row.Value.Members().Where(cell => !cell.Value.IsNull).ToDictionary(cell => cell.Key, cell => cell.Value.Whole(1), StringComparer.Ordinal),
        StringComparer.Ordinal);

    private static InputTokenRule? ReadInputTokens(JsonPlace? place)
    {
        if (place is null) return null;
        var parts = new BookEntry(place, place.Members("fit_edge", "short_side", "tile", "base", "per_tile", "high_fidelity_square", "high_fidelity_other"));
        return new InputTokenRule(
            parts.Need("fit_edge").Whole(1),
            parts.Need("short_side").Whole(1),
            parts.Need("tile").Whole(1),
            parts.Need("base").Whole(0),
            parts.Need("per_tile").Whole(0),
            parts.Get("high_fidelity_square")?.Whole(0) ?? 0,
            parts.Get("high_fidelity_other")?.Whole(0) ?? 0);
    }
}
