using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Models;

namespace Darkroom.Jobs.Costs;

/// <summary>Prices calls by one model book: for the ledger after a call, for a budget before it, and again with a corrected book (<c>reprice</c>).</summary>
/// <param name="book">Prices and the version that rows name.</param>
public sealed class LedgerPricing(ModelBook book)
{
    /// <summary>The book's version.</summary>
    public string Version => book.Version;

    /// <summary>Prices one call from its raw usage. The same input with the same book always gives the same.</summary>
    /// <param name="model">The model's name as it was sent.</param>
    /// <param name="date">The day of the call, UTC.</param>
    /// <param name="batch">Whether it went through the Batch API.</param>
    /// <param name="usageJson">The raw <c>usage</c>, or null when the answer had none.</param>
    /// <param name="images">How many final images came.</param>
    /// <param name="options">What was asked for; size and quality count for a model that is priced per image.</param>
    public PricedUsage Price(string model, DateOnly date, bool batch, string? usageJson, int images, EditOptions options)
    {
        var usage = UsageParser.Parse(usageJson);
        var prices = ModelBook.PriceEntryOn(book.Find(model), date);
        if (prices is { PerImage.Count: > 0 })
            return new PricedUsage(usage.Tokens, CostCalculator.PriceImages(images, options.Text("size"), options.Text("quality"), prices), Version, Complete: true);
        // Nothing readable is not the same as nothing used: such a row has no cost, rather than a cost of zero.
        var readable = usage.Complete || usage.Tokens.Total > 0;
        var perToken = batch ? prices?.Batch : prices?.Standard;
        return new PricedUsage(usage.Tokens, readable && perToken is not null ? CostCalculator.Price(usage.Tokens, perToken) : null, Version, usage.Complete);
    }

    /// <summary>Prices an estimate of one call.</summary>
    public CostEstimate Price(string model, DateOnly date, bool batch, TokenEstimate estimate, EditOptions options)
    {
        var prices = ModelBook.PriceEntryOn(book.Find(model), date);
        if (prices is { PerImage.Count: > 0 })
        {
            var cost = CostCalculator.PriceImages(Math.Max(1, options.N), options.Text("size"), options.Text("quality"), prices);
            return new CostEstimate(cost, cost);
        }

        return (batch ? prices?.Batch : prices?.Standard) is { } perToken
            ? new CostEstimate(CostCalculator.Price(estimate.Expected, perToken), CostCalculator.Price(estimate.Worst, perToken))
            : new CostEstimate(null, null);
    }
}
