using Darkroom.Jobs.Running;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Hangfire;

/// <summary>
/// Gives every batch that needs one its Hangfire job: the only place where such jobs are made. So submitting needs no Hangfire, and losing a job is harmless. News of batches
/// wake it at once, and it wakes this process's pump.
/// </summary>
public sealed class BatchSweep(
    IBatchJobStore store, IBackgroundJobClientV2 jobs, IBatchJob running, Pump pump, IBatchNews news, IOptions<WorkerOptions> options, ILogger<BatchSweep> logger)
{
    /// <summary>A job that no worker runs for so long, though one has a place free, is taken for lost.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromMinutes(1);

    /// <summary>Sweeps until canceled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await SweepAsync(cancellationToken);
            }
            catch (Exception exception) when (DatabaseFaults.IsTransient(exception))
            {
                Log.SweepFailed(logger, exception);
            }

            // News come at once; the interval is the net, for news that got lost, for jobs of dead processes and for hours that begin.
            await news.WaitAsync(options.Value.SweepInterval, cancellationToken);
            pump.Refresh();
        }
    }

    /// <summary>Sweeps once.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var missing = await store.TakeMissingAsync(LostAfter, running.Count < options.Value.MaxBatches, cancellationToken);
        var enqueued = 0;
        try
        {
            foreach (var batch in missing)
            {
                await EnqueueAsync(jobs, batch.BatchId, batch.Priority, cancellationToken);
                enqueued++;
                Log.JobEnqueued(logger, batch.BatchId);
            }
        }
        finally
        {
            // What Hangfire didn't take, the next sweep enqueues. Should Hangfire have taken one after all, there are two jobs, and one finds that the other runs.
            if (enqueued < missing.Count) await store.ForgetAsync([.. missing.Skip(enqueued).Select(batch => batch.BatchId)], CancellationToken.None);
        }
    }

    /// <summary>Enqueues the job of a batch. Hangfire's client blocks, so the call goes to the pool.</summary>
    internal static Task EnqueueAsync(IBackgroundJobClientV2 jobs, string batchId, int priority, CancellationToken cancellationToken)
    {
        var queue = JobQueues.Of(priority);
        var job = Job.FromExpression<EditBatch>(edit => edit.RunAsync(batchId, CancellationToken.None));
        var parameters = new Dictionary<string, object>(StringComparer.Ordinal) { [KeepQueueAttribute.Parameter] = queue };
        return Task.Run(() => jobs.Create(job, new EnqueuedState(queue), parameters), cancellationToken);
    }
}
