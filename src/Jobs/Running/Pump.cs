using Darkroom.Jobs.Editing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Running;

/// <summary>
/// The one loop of a process that claims items of all running batches and keeps <see cref="WorkerOptions.MaxInFlight"/> of them at work, whichever process runs a batch's job.
/// Free places are shared among batches by their weight (<see cref="ClaimShares"/>).
/// </summary>
public sealed class Pump(
    IItemStore items, ItemRunner runner, ClaimShares shares, WorkerProcess process, IOptions<WorkerOptions> options, TimeProvider time, RepeatedWarnings warnings, ILogger<Pump> logger)
{
    private static readonly TimeSpan IdleLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FaultDelay = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan DisownDelay = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    // Only the pump's loop adds and removes batches.
    private readonly Dictionary<string, PumpBatch> _batches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TaskCompletionSource> _idle = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _news = new(0, 1);
    private readonly CancellationTokenSource _abort = new();
    private volatile bool _isStale = true;
    private long _listedAt;
    private int _inFlight;

    /// <summary>Items that run here now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Pumps until asked to stop; then lets what runs finish within the drain time, and breaks off what is left.</summary>
    /// <param name="onlyBatchId">The only batch to work on; null for all.</param>
    /// <param name="stopping">Asks to stop.</param>
    public async Task RunAsync(string? onlyBatchId, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (_isStale || time.GetElapsedTime(_listedAt) >= options.Value.SweepInterval) await ListAsync(onlyBatchId, stopping);
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
                _isStale = true;
                await Task.Delay(FaultDelay, time, CancellationToken.None);
            }
        }

        await DrainAsync();
    }

    /// <summary>Batches may have something to do that the pump doesn't know of: it looks at once.</summary>
    public void Refresh()
    {
        _isStale = true;
        Wake();
    }

    /// <summary>Breaks off at once what is in flight; recovery takes care of it.</summary>
    public void Abort() => _abort.Cancel();

    /// <summary>How many items of a batch run here.</summary>
    public int InFlightOf(string batchId)
    {
        lock (_gate) return _batches.TryGetValue(batchId, out var batch) ? batch.InFlight : 0;
    }

    /// <summary>Completes when the last item of a batch that runs here has ended, from now on.</summary>
    public Task WhenIdleAsync(string batchId)
    {
        lock (_gate)
        {
            if (!_idle.TryGetValue(batchId, out var idle)) _idle[batchId] = idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return idle.Task;
        }
    }

    private async Task ListAsync(string? onlyBatchId, CancellationToken stopping)
    {
        _isStale = false;
        var listed = (await items.ListWorkableAsync(onlyBatchId, stopping)).ToDictionary(batch => batch.BatchId, StringComparer.Ordinal);
        _listedAt = time.GetTimestamp();
        List<string> gone;
        lock (_gate)
        {
            foreach (var batch in _batches.Values) batch.Update(listed.GetValueOrDefault(batch.BatchId));
            gone = [.. _batches.Values.Where(batch => !batch.IsWorkable && batch.InFlight == 0).Select(batch => batch.BatchId)];
            foreach (var batchId in gone) _batches.Remove(batchId);
            // Their jobs look for themselves.
            foreach (var batchId in _idle.Keys.Where(batchId => !listed.ContainsKey(batchId) && !_batches.ContainsKey(batchId)).ToList()) TellIdle(batchId);
            foreach (var (batchId, workable) in listed)
            {
                if (_batches.ContainsKey(batchId)) continue;
                var batch = new PumpBatch(batchId);
                batch.Update(workable);
                _batches.Add(batchId, batch);
            }
        }

        foreach (var batchId in gone) warnings.Close(batchId);
    }

    // True when there may be more to claim at once.
    private async Task<bool> ClaimAsync(CancellationToken stopping)
    {
        var now = time.GetTimestamp();
        List<PumpBatch> hungry;
        lock (_gate) hungry = [.. _batches.Values.Where(batch => batch.IsDue(now, time))];
        var quotas = shares.Share(shares.Free(options.Value.MaxInFlight, InFlight), hungry, batch => batch.MayExplore(now, time));
        if (quotas.Count == 0) return false;

        var claimed = await items.ClaimAsync(process.Id, quotas, stopping);
        foreach (var set in claimed.GroupBy(item => item.BatchId, StringComparer.Ordinal))
        {
            var batch = hungry.First(batch => batch.BatchId == set.Key);
            foreach (var item in set) Start(batch, item, stopping);
        }

        // Batches that gave less than asked: they have no more, or wait for a time.
        var empty = new List<PumpBatch>();
        var full = true;
        foreach (var quota in quotas)
        {
            if (claimed.Count(item => item.BatchId == quota.BatchId) >= quota.Items) continue;
            full = false;
            var batch = hungry.First(batch => batch.BatchId == quota.BatchId);
            if (quota.Without.Count > 0) batch.FoundLittle(time);
            else empty.Add(batch);
        }

        if (empty.Count > 0) await LookLaterAsync(empty, stopping);
        return full && claimed.Count > 0;
    }

    private async Task LookLaterAsync(List<PumpBatch> empty, CancellationToken stopping)
    {
        var idle = empty.Where(batch => batch.InFlight == 0).ToList();
        foreach (var batch in empty.Except(idle))
        {
            batch.LookAgainIn(IdleLook, time);
            // The last item may have ended in between, and its end would wait for the next look.
            if (batch.InFlight == 0) batch.LookAgainIn(TimeSpan.Zero, time);
        }

        if (idle.Count == 0) return;
        var next = await items.GetNextDueAsync([.. idle.Select(batch => batch.BatchId)], stopping);
        foreach (var batch in idle) batch.LookAgainIn(next.GetValueOrDefault(batch.BatchId) is { } due && due < IdleLook ? due : IdleLook, time);
    }

    private void Start(PumpBatch batch, ClaimedItem item, CancellationToken stopping)
    {
        Interlocked.Increment(ref _inFlight);
        batch.Begin(item);
        _ = Task.Run(() => RunItemAsync(batch, item, stopping), CancellationToken.None);
    }

    private async Task RunItemAsync(PumpBatch batch, ClaimedItem item, CancellationToken stopping)
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
            if (batch.End() == 0) TellIdle(batch.BatchId);
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

    private void TellIdle(string batchId)
    {
        lock (_gate)
        {
            if (_idle.Remove(batchId, out var idle)) idle.TrySetResult();
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            if (_news.CurrentCount == 0) _news.Release();
        }
    }
}
