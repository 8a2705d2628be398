namespace Darkroom.Jobs.Models;

/// <summary>A model's prices from a day on.</summary>
/// <param name="EffectiveFrom">The first day, UTC.</param>
/// <param name="Standard">Prices by token of ordinary calls, or null for a model that is priced per image.</param>
/// <param name="Batch">Prices by token through the Batch API, or null where none is known.</param>
/// <param name="PerImage">Prices per image; empty for a model that is priced by token.</param>
public sealed record PriceEntry(DateOnly EffectiveFrom, TokenPrices? Standard, TokenPrices? Batch, IReadOnlyList<ImagePrice> PerImage)
{
    /// <summary>
    /// The price of one image: of this size and quality; with either unset or not in the list, the dearest that fits what
    /// is known, so that a cost is never understated. Null when the model is priced by token.
    /// </summary>
    public decimal? ImagePriceOf(string? size, string? quality)
    {
        if (PerImage.Count == 0) return null;
        var sized = PerImage.Where(p => string.Equals(p.Size, size, StringComparison.Ordinal)).ToList();
        if (sized.Count == 0) return PerImage.Max(p => p.Usd);
        var exact = sized.Find(p => p.Quality is not null && string.Equals(p.Quality, quality, StringComparison.Ordinal)) ?? sized.Find(p => p.Quality is null);
        return exact?.Usd ?? sized.Max(p => p.Usd);
    }
}
