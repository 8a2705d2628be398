using System.Data.Common;
using Quartz;

namespace Darkroom.Worker.Engines.Quartz;

/// <summary>Asks this process's scheduler, and its store.</summary>
internal sealed class QuartzState(ISchedulerFactory schedulers) : IEngineState
{
    /// <inheritdoc/>
    public async Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        try
        {
            var scheduler = await schedulers.GetScheduler(cancellationToken);
            if (scheduler.Status != SchedulerStatus.Running) return $"Quartz's scheduler isn't running: {scheduler.Status}";
            return await scheduler.Exists(WorkBatch.Key, cancellationToken) ? null : "Quartz's store doesn't hold the job of lanes";
        }
        catch (Exception exception) when (exception is DbException or SchedulerException)
        {
            return exception.Message;
        }
    }
}
