namespace Darkroom.Jobs.Costs;

/// <summary>Reads the ledger.</summary>
public interface ILedgerStore
{
    /// <summary>Sums the ledger by dimensions, over a range of days (UTC, both ends included; null is open).</summary>
    Task<IReadOnlyList<CostReportRow>> ReportAsync(IReadOnlyList<ReportDimension> dimensions, DateOnly? from, DateOnly? to, CancellationToken cancellationToken);

    /// <summary>Reads rows in order, after one, at most so many.</summary>
    Task<IReadOnlyList<LedgerRow>> ReadAsync(LedgerRange range, long afterId, int limit, CancellationToken cancellationToken);

    /// <summary>Gives rows new prices and keeps what they were before, in one transaction. A row whose price is no longer the one given as before is left alone.</summary>
    Task ApplyAsync(IReadOnlyList<PriceChange> changes, string priceBook, CancellationToken cancellationToken);
}
