namespace Darkroom.Jobs.Costs;

/// <summary>Reads the ledger.</summary>
public interface ILedgerStore : ICostReports
{
    /// <summary>Reads rows in order, after one, at most so many.</summary>
    Task<IReadOnlyList<LedgerRow>> ReadAsync(LedgerRange range, long afterId, int limit, CancellationToken cancellationToken);

    /// <summary>Gives rows new prices and keeps what they were before, in one transaction. A row whose price is no longer the one given as before is left alone.</summary>
    Task ApplyAsync(IReadOnlyList<PriceChange> changes, string priceBook, CancellationToken cancellationToken);
}
