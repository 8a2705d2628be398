using Darkroom.Jobs.Models;

namespace Darkroom.Jobs.Costs;

/// <summary>Prices the ledger again, from raw usage, by the model book of now. Repeating it changes nothing more; what was before is kept.</summary>
public sealed class Repricer(ILedgerStore ledger, ModelBook book)
{
    private const int Set = 2000;
    private readonly LedgerPricing _pricing = new(book);

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
            var priced = rows.Select(row => new PriceChange(row.Id, row.CostUsd, Price(row))).ToList();
            var changes = priced.Where(change => change.Before != change.After).ToList();
            if (apply && changes.Count > 0) await ledger.ApplyAsync(changes, book.Version, cancellationToken);
            result = result with
            {
                Rows = result.Rows + rows.Count,
                Changed = result.Changed + changes.Count,
                Before = result.Before + priced.Sum(change => change.Before ?? 0),
                After = result.After + priced.Sum(change => change.After ?? 0),
            };
            after = rows[^1].Id;
        }

        return result;
    }

    private decimal? Price(LedgerRow row) => row.Kind == LedgerKinds.Unconfirmed
        ? _pricing.Price(row.Model, row.Date, batch: false, new TokenEstimate(row.Tokens, row.Tokens, Known: true, []), row.Options).Worst
        : _pricing.Price(row.Model, row.Date, batch: false, row.UsageJson, row.Images, row.Options).CostUsd;
}
