using Hangfire.PostgreSql;

namespace Darkroom.Worker.Engines.Hangfire;

/// <summary>Gives Hangfire's storage the queue in which one worker looks at a time.</summary>
internal sealed class OneAtATimeQueueProvider(IPersistentJobQueueProvider provider) : IPersistentJobQueueProvider
{
    private readonly OneAtATimeQueue _queue = new(provider.GetJobQueue());

    /// <inheritdoc/>
    public IPersistentJobQueue GetJobQueue() => _queue;

    /// <inheritdoc/>
    public IPersistentJobQueueMonitoringApi GetJobQueueMonitoringApi() => provider.GetJobQueueMonitoringApi();
}
