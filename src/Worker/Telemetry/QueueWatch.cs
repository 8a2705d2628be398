using Darkroom.Jobs.Running;
using Darkroom.Jobs.Telemetry;

namespace Darkroom.Worker.Telemetry;

/// <summary>Tells every 15 s what the queue looks like, while somebody listens.</summary>
internal sealed class QueueWatch(IQueueStore queue, JobMetrics metrics, TimeProvider time, ILogger<QueueWatch> logger) : BackgroundService
{
    /// <summary>Between two looks.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (metrics.WantsQueue) metrics.Record(await queue.GetDepthAsync(stoppingToken));
                await Task.Delay(Interval, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (DatabaseFaults.IsTransient(exception))
            {
                Log.QueueUnseen(logger, exception);
                await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
