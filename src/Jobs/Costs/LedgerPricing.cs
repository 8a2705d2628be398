using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Models;

namespace Darkroom.Jobs.Costs;

/// <summary>Prices calls by one model book: for the ledger after a call, for a budget before it, and again with a corrected book (<c>reprice</c>).</summary>
/// <param name="book">Prices and the version that rows name.</param>
public sealed class LedgerPricing(ModelBook book)
{
    /// <summary>The book's version.</summary>
    public string Version => book.Version;

    /// <summary>Prices one call that was answered, from its raw usage. The same input with the same book always gives the same.</summary>
    /// <param name="model">The model's name as it was sent.</param>
    /// <param name="date">The day of the call, UTC.</param>
    /// <param name="batch">Whether it went through the Batch API.</param>
    /// <param name="usageJson">The raw <c>usage</c>, or null when the answer had none.</param>
    /// <param name="images">How many final images came.</param>
    /// <param name="options">What was asked for; size and quality count for a model that is priced per image.</param>
    /// <param name="expected">Tokens that such a call is expected to use, for what the usage doesn't say; null when that can't be told any more.</param>
    public PricedUsage Price(string model, DateOnly date, bool batch, string? usageJson, int images, EditOptions options, TokenUsage? expected)
    {
        var usage = UsageParser.Parse(usageJson);
        var prices = ModelBook.PriceEntryOn(book.Find(model), date);
        var isPerToken = (batch ? prices?.Batch : prices?.Standard) is not null;
        // Nothing readable is not the same as nothing used.
        var (kind, tokens) = usage.IsUsable ? (LedgerKinds.Reported, usage.Tokens)
            : isPerToken && expected is { } estimate ? (LedgerKinds.Estimated, usage.FilledBy(estimate))
            : (LedgerKinds.Unreported, usage.Tokens);
        var isKnown = kind != LedgerKinds.Unreported || !isPerToken;
        return new PricedUsage(kind, tokens, isKnown ? Price(model, date, batch, tokens, images, options) : null);
    }

    /// <summary>Prices one call whose tokens are known, or supposed; null when the book has no price.</summary>
    public decimal? Price(string model, DateOnly date, bool batch, TokenUsage tokens, int images, EditOptions options)
    {
        var prices = ModelBook.PriceEntryOn(book.Find(model), date);
        if (prices is { PerImage.Count: > 0 }) return CostCalculator.PriceImages(images, options.Text("size"), options.Text("quality"), prices);
        return (batch ? prices?.Batch : prices?.Standard) is { } perToken ? CostCalculator.Price(tokens, perToken) : null;
    }

    /// <summary>Prices an estimate of one call.</summary>
    public CostEstimate Price(string model, DateOnly date, bool batch, TokenEstimate estimate, EditOptions options)
    {
        var images = Math.Max(1, options.N);
        return new CostEstimate(Price(model, date, batch, estimate.Expected, images, options), Price(model, date, batch, estimate.Worst, images, options));
    }
}
