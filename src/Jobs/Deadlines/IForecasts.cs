namespace Darkroom.Jobs.Deadlines;

/// <summary>Says how fast batches go, on this machine or through a server.</summary>
public interface IForecasts
{
    /// <summary>The batch's forecast; null when there is no such batch.</summary>
    Task<BatchForecast?> GetAsync(string batchId, CancellationToken cancellationToken);
}
