namespace Darkroom.Jobs.Estimates;

/// <summary>Reads what was kept of estimates; they are written with their batch (<see cref="Batches.NewBatch.Estimate"/>).</summary>
public interface IEstimateStore
{
    /// <summary>A batch's estimate against what was measured: over its first calls, a few thousand at most, so that asking is cheap however long it runs.</summary>
    /// <returns>Null when none was made, or there is no such batch.</returns>
    Task<BatchEstimate?> GetAsync(string batchId, CancellationToken cancellationToken);
}
