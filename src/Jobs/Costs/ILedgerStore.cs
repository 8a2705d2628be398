namespace Darkroom.Jobs.Costs;

/// <summary>Reads the ledger.</summary>
public interface ILedgerStore : ICostReports
{
    /// <summary>Reads rows in order, after one, at most so many.</summary>
    Task<IReadOnlyList<LedgerRow>> ReadAsync(LedgerRange range, long afterId, int limit, CancellationToken cancellationToken);

    /// <summary>Gives rows new prices, with their kinds and tokens, and keeps what they cost before, in one transaction. A row whose price is no longer the one given as before is left alone.</summary>
    Task ApplyAsync(IReadOnlyList<PriceChange> changes, string priceBook, CancellationToken cancellationToken);

    /// <summary>Adds up what was booked since the last time, so that reports stay cheap. They are exact with or without it; one caller at a time does it.</summary>
    /// <returns>Whether there may be more to add up.</returns>
    Task<bool> FoldAsync(CancellationToken cancellationToken);
}
