using System.Text.Json;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Running;

namespace Darkroom.Jobs.Costs;

/// <summary>Makes ledger rows of calls.</summary>
public sealed class CallPricing(ModelBook book, TimeProvider time)
{
    private readonly LedgerPricing _pricing = new(book);
    private readonly TokenEstimator _estimator = new(book);

    private DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    /// <summary>The row of a call that was answered with images.</summary>
    public LedgerEntry Answered(ClaimedItem item, string? usageJson, int images)
    {
        var asked = item.Options.N == images ? item : item with { Options = item.Options.With("n", JsonSerializer.SerializeToElement(images)) };
        var priced = _pricing.Price(item.Model, Today, batch: false, usageJson, images, item.Options, Estimate(asked).Expected);
        return new LedgerEntry(priced.Kind, priced.Tokens, images, priced.CostUsd, _pricing.Version);
    }

    /// <summary>The row of a call that may or may not have been billed: its worst case.</summary>
    public LedgerEntry Unconfirmed(ClaimedItem item)
    {
        var estimate = Estimate(item);
        var cost = _pricing.Price(item.Model, Today, batch: false, estimate, item.Options);
        return new LedgerEntry(LedgerKinds.Unconfirmed, estimate.Worst, item.Options.N, cost.Worst, _pricing.Version);
    }

    /// <summary>The tokens that a call is expected to use.</summary>
    public TokenEstimate Estimate(ClaimedItem item) => _estimator.Estimate(
        book.Find(item.Model), item.Options, item.Prompt.Length, [.. item.Input.Images.Select(_ => (ImageSize?)null)], item.Input.Mask is not null);
}
