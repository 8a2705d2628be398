namespace Darkroom.Jobs.Access;

/// <summary>
/// Reads the audit. It is written by the stores, in the transaction of what was done, so that neither is there without the other.
/// </summary>
public interface IAuditLog
{
    /// <summary>Entries, the newest first, before one.</summary>
    /// <param name="batchId">Of this batch alone, or null.</param>
    /// <param name="before">Only older than the entry of this id, or null.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<IReadOnlyList<AuditEntry>> ListAsync(string? batchId, long? before, int limit, CancellationToken cancellationToken);
}
