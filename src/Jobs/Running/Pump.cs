using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Running;

/// <summary>
/// The one loop of a process that claims items for its lanes and keeps <see cref="WorkerOptions.MaxInFlight"/> of them running.
/// Free places are shared among lanes by their batches' weight (<see cref="PumpAppetite"/>).
/// </summary>
public sealed class Pump(
    IItemStore items, IBatchStore batches, ItemRunner runner, PumpAppetite appetite, WorkerProcess process, IOptions<WorkerOptions> options,
    TimeProvider time, RepeatedWarnings warnings, ILogger<Pump> logger)
{
    private static readonly TimeSpan IdleLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FaultDelay = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan DisownDelay = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, PumpLane> _lanes = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _news = new(0, 1);
    private readonly CancellationTokenSource _abort = new();
    private int _inFlight;

    /// <summary>Items that run here now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Works on a batch in this process until nothing of it is left to claim, it is stopped, or <paramref name="cancellationToken"/> says so.</summary>
    /// <param name="batchId">The batch.</param>
    /// <param name="staysWhenClosed">Whether to wait through the hours in which its calls may not start; else the lane ends, and another comes in time.</param>
    /// <param name="cancellationToken">Ends the lane.</param>
    public async Task RunLaneAsync(string batchId, bool staysWhenClosed, CancellationToken cancellationToken)
    {
        var lane = new PumpLane(batchId, staysWhenClosed);
        lock (_gate)
        {
            if (!_lanes.TryAdd(batchId, lane)) throw new InvalidOperationException($"Batch {batchId} has a lane in this process already.");
        }

        Wake();
        try
        {
            await lane.Ended.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_gate) _lanes.Remove(batchId);
        }
    }

    /// <summary>Pumps until asked to stop; then lets what runs finish within the drain time, and breaks off what is left.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var pause = await ClaimAsync(stopping) ? TimeSpan.Zero : IdleLook;
                if (pause > TimeSpan.Zero) await _news.WaitAsync(pause, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (DatabaseFaults.IsTransient(exception))
            {
                Log.DatabaseAway(logger, exception);
                await Task.Delay(FaultDelay, time, CancellationToken.None);
            }
        }

        await DrainAsync();
    }

    /// <summary>Breaks off at once what is in flight; recovery takes care of it.</summary>
    public void Abort() => _abort.Cancel();

    // True when there may be more to claim at once.
    private async Task<bool> ClaimAsync(CancellationToken stopping)
    {
        List<PumpLane> hungry;
        var now = time.GetTimestamp();
        lock (_gate) hungry = [.. _lanes.Values.Where(lane => lane.IsDue(now, time))];
        var quotas = appetite.Share(appetite.Free(options.Value.MaxInFlight, InFlight), hungry, lane => lane.MayExplore(now, time));
        if (quotas.Count == 0) return false;

        var claimed = await items.ClaimAsync(process.Id, quotas, stopping);
        foreach (var set in claimed.GroupBy(item => item.BatchId, StringComparer.Ordinal))
        {
            var lane = hungry.First(lane => lane.BatchId == set.Key);
            foreach (var item in set) Start(lane, item, stopping);
        }

        var full = true;
        foreach (var quota in quotas)
        {
            if (claimed.Count(item => item.BatchId == quota.BatchId) >= quota.Items) continue;
            full = false;
            var lane = hungry.First(lane => lane.BatchId == quota.BatchId);
            if (quota.Without.Count > 0) lane.FoundLittle(time);
            else await LookAsync(lane, stopping);
        }

        return full && claimed.Count > 0;
    }

    // The batch gave less than asked: it may be at its end, stopped, or waiting for a time.
    private async Task LookAsync(PumpLane lane, CancellationToken stopping)
    {
        if (lane.InFlight > 0)
        {
            lane.LookAgainIn(IdleLook, time);
            // The last one may have ended in between, and its end would wait for the next look.
            if (lane.InFlight == 0) lane.LookAgainIn(TimeSpan.Zero, time);
            return;
        }

        var outlook = await items.GetOutlookAsync(lane.BatchId, stopping);
        if (outlook is { NextIn: null, Leased: false, Batch.State: BatchState.Running })
        {
            var batch = await batches.TryFinishAsync(lane.BatchId, stopping);
            if (batch.State != BatchState.Running) Log.BatchEnded(logger, lane.BatchId, StateNames.ToName(batch.State));
            outlook = outlook with { Batch = batch };
        }

        if (outlook.Batch.State != BatchState.Running || outlook.OpensIn > TimeSpan.Zero && !lane.StaysWhenClosed) lane.Ended.TrySetResult();
        else lane.LookAgainIn(outlook.NextIn is { } next && next < IdleLook ? next : IdleLook, time);
    }

    private void Start(PumpLane lane, ClaimedItem item, CancellationToken stopping)
    {
        Interlocked.Increment(ref _inFlight);
        lane.Begin(item);
        _ = Task.Run(() => RunItemAsync(lane, item, stopping), CancellationToken.None);
    }

    private async Task RunItemAsync(PumpLane lane, ClaimedItem item, CancellationToken stopping)
    {
        try
        {
            await runner.RunAsync(item, stopping, _abort.Token);
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            // Left as it stands: another process recovers it when this one's lease has ended.
        }
#pragma warning disable CA1031 // A fault in one item's work must not take the others down.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (warnings.IsNews(item.BatchId, $"work on an item broke off ({exception.GetType().Name})")) Log.ItemBroke(logger, item.Key, exception);
            await DisownAsync(item);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
            lane.End();
            Wake();
        }
    }

    // Whoever claims the item next finds it as one of a dead process, and recovers it. Not at once: a fault that comes again must not run hot.
    private async Task DisownAsync(ClaimedItem item)
    {
        try
        {
            await Task.Delay(DisownDelay, time, _abort.Token);
            await items.DisownAsync(item, _abort.Token);
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            // This process ends, and its lease with it.
        }
        catch (Exception exception) when (DatabaseFaults.IsTransient(exception))
        {
            Log.DatabaseAway(logger, exception);
        }
    }

    private async Task DrainAsync()
    {
        if (InFlight > 0) Log.Draining(logger, InFlight, DurationText.Words(options.Value.DrainTime));
        var since = time.GetTimestamp();
        while (InFlight > 0 && time.GetElapsedTime(since) < options.Value.DrainTime && !_abort.IsCancellationRequested)
            await _news.WaitAsync(TimeSpan.FromMilliseconds(100));
        if (InFlight == 0) return;
        Log.DrainOver(logger, InFlight);
        await _abort.CancelAsync();
    }

    private void Wake()
    {
        lock (_gate)
        {
            if (_news.CurrentCount == 0) _news.Release();
        }
    }
}
