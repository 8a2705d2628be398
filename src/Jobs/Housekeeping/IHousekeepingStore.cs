namespace Darkroom.Jobs.Housekeeping;

/// <summary>Removes rows that nobody needs any more, a small set at a time, and one process at a time.</summary>
public interface IHousekeepingStore
{
    /// <summary>Removes dead processes, their places, old days' and months' budgets and expired uploads.</summary>
    /// <param name="keep">How long such a row is kept.</param>
    /// <param name="most">Rows of a table at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Rows removed from each table that had more than none; null when another process is at it.</returns>
    Task<IReadOnlyDictionary<string, long>?> SweepAsync(TimeSpan keep, int most, CancellationToken cancellationToken);
}
