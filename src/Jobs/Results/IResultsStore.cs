namespace Darkroom.Jobs.Results;

/// <summary>Keeps which batches have ended and have no results files for that end yet. One living process at a time writes those of a batch.</summary>
public interface IResultsStore
{
    /// <summary>Claims a batch whose results are due: it has ended, no item of it is in flight, and no living process is at it.</summary>
    /// <param name="processId">Who claims.</param>
    /// <param name="batchId">This batch only; null for the one that has waited longest.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Null when nothing is due.</returns>
    Task<DueResults?> ClaimAsync(long processId, string? batchId, CancellationToken cancellationToken);

    /// <summary>Notes that the results are written. A batch that was retried meanwhile stays due.</summary>
    Task FinishAsync(DueResults due, long processId, CancellationToken cancellationToken);

    /// <summary>Gives a claim back: the results couldn't be written now.</summary>
    Task ReleaseAsync(DueResults due, long processId, CancellationToken cancellationToken);
}
