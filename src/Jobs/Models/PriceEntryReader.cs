namespace Darkroom.Jobs.Models;

/// <summary>Reads a model's prices.</summary>
internal static class PriceEntryReader
{
    /// <summary>Tokens × price / 1,000,000 then has at most 10 decimals, which is what the ledger's column holds.</summary>
    private const int TokenDecimals = 4;
    private const int ImageDecimals = 10;

    public static IReadOnlyList<PriceEntry> Read(JsonPlace? place)
    {
        if (place is null) return [];
        var entries = new List<PriceEntry>();
        foreach (var item in place.Items())
        {
            var entry = ReadEntry(item);
            if (entries.Exists(e => e.EffectiveFrom == entry.EffectiveFrom)) throw item.Fault($"there are two prices from {entry.EffectiveFrom:yyyy-MM-dd} on");
            entries.Add(entry);
        }

        return [.. entries.OrderBy(e => e.EffectiveFrom)];
    }

    private static PriceEntry ReadEntry(JsonPlace place)
    {
        var parts = new BookEntry(place, place.Members("effective_from", "per_million", "batch", "per_image"));
        var standard = parts.Get("per_million") is { } tokens ? ReadTokens(tokens) : null;
        var images = parts.Get("per_image")?.Items().ConvertAll(ReadImage) ?? [];
        if ((standard is null) == (images.Count == 0)) throw place.Fault("needs either per_million or per_image");
        return new PriceEntry(parts.Need("effective_from").Date(), standard, parts.Get("batch") is { } batch ? ReadTokens(batch) : null, images);
    }

    private static TokenPrices ReadTokens(JsonPlace place)
    {
        var parts = new BookEntry(place, place.Members("input_text", "input_image", "output_text", "output_image"));
        return new TokenPrices(
            parts.Need("input_text").Price(TokenDecimals),
            parts.Need("input_image").Price(TokenDecimals),
            parts.Get("output_text")?.Price(TokenDecimals),
            parts.Need("output_image").Price(TokenDecimals));
    }

    private static ImagePrice ReadImage(JsonPlace place)
    {
        var parts = new BookEntry(place, place.Members("size", "quality", "usd"));
        return new ImagePrice(parts.Need("size").Text(), parts.Get("quality")?.Text(), parts.Need("usd").Price(ImageDecimals));
    }
}
