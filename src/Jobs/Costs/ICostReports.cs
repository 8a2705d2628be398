namespace Darkroom.Jobs.Costs;

/// <summary>Sums up what was spent.</summary>
public interface ICostReports
{
    /// <summary>Sums the ledger by dimensions, over a range of days (UTC, both ends included; null is open).</summary>
    Task<IReadOnlyList<CostReportRow>> ReportAsync(IReadOnlyList<ReportDimension> dimensions, DateOnly? from, DateOnly? to, CancellationToken cancellationToken);
}
