namespace Darkroom.Jobs.Changes;

/// <summary>
/// Tells what changed, in every process on the database, without gaps: a position is a snapshot of transactions, not a number, so that one which commits late isn't
/// passed over.
/// </summary>
public interface IChangeFeed
{
    /// <summary>How long changes are kept at least.</summary>
    static readonly TimeSpan Retention = TimeSpan.FromMinutes(5);

    /// <summary>Where it stands now.</summary>
    Task<string> GetPositionAsync(CancellationToken cancellationToken);

    /// <summary>What has been committed since a position.</summary>
    /// <param name="position">What an earlier call gave.</param>
    /// <param name="batchId">Of this batch alone, or null.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="FormatException">It is no position.</exception>
    Task<ChangeSet> ReadAsync(string position, string? batchId, CancellationToken cancellationToken);

    /// <summary>Adds up what was visible so long ago that nobody needs it singly any more.</summary>
    /// <returns>How many changes were folded.</returns>
    Task<long> FoldAsync(TimeSpan keep, CancellationToken cancellationToken);
}
