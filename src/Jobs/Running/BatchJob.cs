using System.Collections.Concurrent;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Running;

/// <summary>
/// What is done once per batch: the job opens the batch, watches for its end and ends it. The items are claimed by the pumps of all workers meanwhile. One live process runs the
/// job of a batch; should two run it all the same, each step is safe to do twice.
/// </summary>
public sealed class BatchJob(
    IBatchJobStore jobs, IBatchStore batches, IItemStore items, IImageStore images, Pump pump, WorkerProcess process, KeptAdoption kept, IEnumerable<IBatchEnding> endings,
    RepeatedWarnings warnings, TimeProvider time, ILogger<BatchJob> logger) : IBatchJob
{
    // How late the end of a batch, or a pause, is noticed when other processes worked on the last items.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FaultDelay = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public int Count => _running.Count;

    /// <inheritdoc/>
    public async Task<Batch?> RunAsync(string batchId, CancellationToken cancellationToken)
    {
        if (!_running.TryAdd(batchId, true)) return Declined(batchId);
        try
        {
            return await jobs.BeginAsync(batchId, process.Id, cancellationToken) ? await WorkAsync(batchId, staysWhenClosed: false, cancellationToken) : Declined(batchId);
        }
        finally
        {
            _running.TryRemove(batchId, out _);
        }
    }

    /// <summary>
    /// Works on a batch without Hangfire, as <c>run</c> does: also when a worker runs the batch's job already, and through the hours in which its calls may not start.
    /// </summary>
    public async Task<Batch> RunOwnAsync(string batchId, CancellationToken cancellationToken)
    {
        await jobs.BeginAsync(batchId, process.Id, cancellationToken);
        return await WorkAsync(batchId, staysWhenClosed: true, cancellationToken);
    }

    private Batch? Declined(string batchId)
    {
        Log.JobDeclined(logger, batchId);
        return null;
    }

    private async Task<Batch> WorkAsync(string batchId, bool staysWhenClosed, CancellationToken cancellationToken)
    {
        Log.JobBegun(logger, batchId);
        Batch batch;
        try
        {
            await OpenAsync(batchId, cancellationToken);
            batch = await WatchAsync(batchId, staysWhenClosed, cancellationToken);
        }
        catch
        {
            await GiveBackAsync(batchId);
            throw;
        }
        finally
        {
            warnings.Close(batchId);
        }

        await jobs.EndAsync(batchId, process.Id, CancellationToken.None);
        Log.JobEnded(logger, batchId, batch.State.ToName());
        // What the breaker decides, the database decides: no item's own log line tells of it.
        if (batch is { State: BatchState.Halted, Reason: HaltReasons.RefusedAlike }) Log.RefusedAlike(logger, batchId, batch.Detail ?? "");
        if (!batch.State.IsFinal()) return batch;
        foreach (var ending in endings) await ending.RunAsync(batch, cancellationToken);
        return batch;
    }

    // If this fails, too, the job counts as lost, and the sweep enqueues another one.
    private async Task GiveBackAsync(string batchId)
    {
        try
        {
            await jobs.GiveBackAsync(batchId, process.Id, CancellationToken.None);
        }
        catch (Exception exception) when (DatabaseFaults.IsTransient(exception))
        {
            Log.DatabaseAway(logger, exception);
        }
    }

    private async Task OpenAsync(string batchId, CancellationToken cancellationToken)
    {
        // Asked before anything is bought: images that can't be kept are paid for in vain.
        try
        {
            await images.CheckAsync(cancellationToken);
        }
        catch (ImageStoreException fault)
        {
            Log.StoreRefuses(logger, batchId, fault);
            await batches.HaltAsync(batchId, HaltReasons.Store, HaltAdvice.After(SecretScrubber.Scrub(fault.Message), HaltReasons.Store), cancellationToken);
            return;
        }

        // Before the batch can end: after a halt its held items may have their images here.
        await kept.AdoptAsync(cancellationToken);
        await jobs.OpenAsync(batchId, cancellationToken);
        pump.Refresh();
    }

    // Until the batch has ended or was stopped, and its last call here, too. A batch that was resumed while a call is in flight is opened within a second.
    private async Task<Batch> WatchAsync(string batchId, bool staysWhenClosed, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var idle = pump.WhenIdleAsync(batchId);
            try
            {
                if (await LookAsync(batchId, staysWhenClosed, cancellationToken) is { } over) return over;
            }
            catch (Exception exception) when (DatabaseFaults.IsTransient(exception))
            {
                Log.DatabaseAway(logger, exception);
                await Task.Delay(FaultDelay, time, cancellationToken);
            }

            using var woken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(idle, Task.Delay(Look, time, woken.Token));
            await woken.CancelAsync();
        }
    }

    // The batch when the job is done with it, else null.
    private async Task<Batch?> LookAsync(string batchId, bool staysWhenClosed, CancellationToken cancellationToken)
    {
        var outlook = await items.GetOutlookAsync(batchId, cancellationToken);
        // Paused or halted, and resumed since.
        if (outlook.Batch.State == BatchState.Queued) await OpenAsync(batchId, cancellationToken);
        var batch = outlook.Batch;
        if (outlook is { NextIn: null, Leased: false, Batch.State: BatchState.Running })
        {
            batch = await batches.TryFinishAsync(batchId, cancellationToken);
            if (batch.State != BatchState.Running) Log.BatchEnded(logger, batchId, batch.State.ToName());
        }

        var isOver = pump.InFlightOf(batchId) == 0 && (!batch.State.IsOpen() || outlook.OpensIn > TimeSpan.Zero && !outlook.Leased && !staysWhenClosed && batch.State == BatchState.Running);
        return isOver ? batch : null;
    }
}
