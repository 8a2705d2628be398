using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Uploads;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Lanes;

/// <summary>Runs lanes: the job kind <c>WorkBatch</c>.</summary>
public sealed class LaneRunner(ILaneStore lanes, IBatchStore batches, IImageStore images, Pump pump, WorkerProcess process, RepeatedWarnings warnings, ILogger<LaneRunner> logger,
    UploadCleanup? uploads = null, KeptAdoption? kept = null) : ILaneHandler
{
    /// <inheritdoc/>
    public async Task RunLaneAsync(long laneId, CancellationToken cancellationToken)
    {
        if (await lanes.StartAsync(laneId, process.Id, cancellationToken) is not { } batchId)
        {
            Log.LaneUseless(logger, laneId);
            await lanes.DeclineAsync(laneId, cancellationToken);
            return;
        }

        await WorkAsync(laneId, batchId, staysWhenClosed: false, cancellationToken);
    }

    /// <summary>Works on one batch in this process without an engine.</summary>
    public async Task RunOwnAsync(string batchId, CancellationToken cancellationToken) =>
        await WorkAsync(await lanes.StartOwnAsync(batchId, process.Id, cancellationToken), batchId, staysWhenClosed: true, cancellationToken);

    private async Task WorkAsync(long laneId, string batchId, bool staysWhenClosed, CancellationToken cancellationToken)
    {
        Log.LaneStarted(logger, laneId, batchId);
        try
        {
            if (await StoreTakesWritesAsync(batchId, cancellationToken))
            {
                // Before the batch can end: after a halt its held items may have their images here.
                if (kept is not null) await kept.AdoptAsync(cancellationToken);
                await pump.RunLaneAsync(batchId, staysWhenClosed, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await lanes.RequeueAsync(laneId, CancellationToken.None);
            throw;
        }
        finally
        {
            warnings.Close(batchId);
        }

        await lanes.EndAsync(laneId, CancellationToken.None);
        var batch = await batches.GetAsync(batchId, CancellationToken.None);
        Log.LaneEnded(logger, laneId, batchId, batch?.State.ToName() ?? "gone");
        // What the breaker decides, the database decides: no item's own log line tells of it.
        if (batch is { State: BatchState.Halted, Reason: HaltReasons.RefusedAlike }) Log.RefusedAlike(logger, batchId, batch.Detail ?? "");
        // It goes on, by a retry that came while this lane was still there: whoever heard of that saw the lane, and planned none.
        if (batch?.State == BatchState.Running) await lanes.TellAsync(batchId, CancellationToken.None);
        if (uploads is not null && batch?.State.IsFinal() == true) await uploads.RunAsync(cancellationToken);
    }

    // Asked before anything is bought: images that can't be kept are paid for in vain.
    private async Task<bool> StoreTakesWritesAsync(string batchId, CancellationToken cancellationToken)
    {
        try
        {
            await images.CheckAsync(cancellationToken);
            return true;
        }
        catch (ImageStoreException fault)
        {
            Log.StoreRefuses(logger, batchId, fault);
            await batches.HaltAsync(batchId, HaltReasons.Store, HaltAdvice.After(SecretScrubber.Scrub(fault.Message), HaltReasons.Store), cancellationToken);
            return false;
        }
    }
}
