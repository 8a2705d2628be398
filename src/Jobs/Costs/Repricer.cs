using System.Text.Json;
using Darkroom.Jobs.Models;

namespace Darkroom.Jobs.Costs;

/// <summary>
/// Prices the ledger again, from raw usage, by the model book of now. Rows that were estimated stay so, at their estimate's tokens; rows that came without usable
/// usage before there were estimates are estimated now. Repeating it changes nothing more; what was before is kept.
/// </summary>
public sealed class Repricer(ILedgerStore ledger, ModelBook book)
{
    private const int Set = 2000;
    private readonly LedgerPricing _pricing = new(book);
    private readonly TokenEstimator _estimator = new(book);

    /// <summary>Reprices a part of the ledger.</summary>
    /// <param name="range">Which part.</param>
    /// <param name="apply">False only says what would change.</param>
    /// <param name="cancellationToken">Stops between sets; each set is whole.</param>
    public async Task<RepricingResult> RepriceAsync(LedgerRange range, bool apply, CancellationToken cancellationToken)
    {
        var result = new RepricingResult(0, 0, 0, 0, book.Version);
        long after = 0;
        while (await ledger.ReadAsync(range, after, Set, cancellationToken) is { Count: > 0 } rows)
        {
            var priced = rows.Select(row => (Row: row, Change: new PriceChange(row.Id, row.CostUsd, Price(row)))).ToList();
            var changes = priced.Where(p => p.Change.Before != p.Change.After.CostUsd || p.Row.Tokens != p.Change.After.Tokens).Select(p => p.Change).ToList();
            if (apply && changes.Count > 0) await ledger.ApplyAsync(changes, book.Version, cancellationToken);
            result = result with
            {
                Rows = result.Rows + rows.Count,
                Changed = result.Changed + changes.Count,
                Before = result.Before + priced.Sum(p => p.Change.Before ?? 0),
                UnpricedBefore = result.UnpricedBefore + rows.Count(row => row.CostUsd is null),
                UnpricedAfter = result.UnpricedAfter + priced.Count(p => p.Change.After.CostUsd is null),
                After = result.After + priced.Sum(p => p.Change.After.CostUsd ?? 0),
            };
            after = rows[^1].Id;
        }

        return result;
    }

    private PricedUsage Price(LedgerRow row) => row.Kind is LedgerKinds.Unconfirmed or LedgerKinds.Estimated
        ? new PricedUsage(row.Kind, row.Tokens, _pricing.Price(row.Model, row.Date, batch: false, row.Tokens, row.Images, row.Options))
        : _pricing.Price(row.Model, row.Date, batch: false, row.UsageJson, row.Images, row.Options, Expected(row));

    private TokenUsage? Expected(LedgerRow row) => row.Asked is { } asked && row.Images > 0
        ? _estimator.Estimate(
            book.Find(row.Model), row.Options.With("n", JsonSerializer.SerializeToElement(row.Images)), asked.PromptLength, new ImageSize?[asked.InputImages], asked.HasMask).Expected
        : null;
}
