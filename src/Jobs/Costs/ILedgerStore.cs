namespace Darkroom.Jobs.Costs;

/// <summary>Reads the ledger.</summary>
public interface ILedgerStore
{
    /// <summary>Sums the ledger by dimensions, over a range of days (UTC, both ends included; null is open).</summary>
    Task<IReadOnlyList<CostReportRow>> ReportAsync(IReadOnlyList<ReportDimension> dimensions, DateOnly? from, DateOnly? to, CancellationToken cancellationToken);
}
