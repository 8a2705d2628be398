namespace Darkroom.Jobs.Telemetry;

/// <summary>Looks at the queue from outside.</summary>
public interface IQueueStore
{
    /// <summary>How much waits now.</summary>
    Task<QueueDepth> GetDepthAsync(CancellationToken cancellationToken);
}
