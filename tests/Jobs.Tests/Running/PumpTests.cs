using System.Collections.Concurrent;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Running;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace Darkroom.Jobs.Tests.Running;

public sealed class PumpTests
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<ClaimedItem>> _left = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, BatchState> _states = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _held = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _calls = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private int _running;
    private int _most;
    private volatile int _listed;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_ManyItems_NeverRunsMoreThanMaxInFlight()
    {
        var shop = Shop(new WorkerOptions { MaxInFlight = 4 });
        Fill("b-1", 60);
        var pump = shop.Pump.RunAsync(null, _stopping.Token);
        var job = shop.Job.RunAsync("b-1", Cancel);
        await Wait.UntilAsync(() => _running == 4);
        _calls.Release(60);
        await job.WaitAsync(Wait.Patience, Cancel);
        _most.ShouldBe(4);
        shop.Completions.Count.ShouldBe(60);
        _states["b-1"].ShouldBe(BatchState.Completed);
        await StopAsync(pump);
    }

    [Fact]
    public async Task RunAsync_SeveralBatches_ShareThePlacesEvenly()
    {
        var shop = Shop(new WorkerOptions { MaxInFlight = 9 });
        foreach (var batch in new[] { "b-1", "b-2", "b-3" }) Fill(batch, 50);
        Task[] jobs = [.. _left.Keys.Select(batch => shop.Job.RunAsync(batch, Cancel))];
        var pump = shop.Pump.RunAsync(null, _stopping.Token);
        await Wait.UntilAsync(() => _running == 9);
        _held.ToDictionary().ShouldBe(new Dictionary<string, int>(StringComparer.Ordinal) { ["b-1"] = 3, ["b-2"] = 3, ["b-3"] = 3 }, ignoreOrder: true);
        _calls.Release(150);
        await Task.WhenAll(jobs).WaitAsync(Wait.Patience, Cancel);
        shop.Completions.Count.ShouldBe(150);
        await StopAsync(pump);
    }

    [Fact]
    public async Task RunAsync_PausedBatch_ItsJobEndsWhenItsCallsHaveFinished()
    {
        var shop = Shop(new WorkerOptions { MaxInFlight = 2 });
        Fill("b-1", 10);
        var pump = shop.Pump.RunAsync(null, _stopping.Token);
        var job = shop.Job.RunAsync("b-1", Cancel);
        await Wait.UntilAsync(() => _running == 2);
        _states["b-1"] = BatchState.Paused;
        job.IsCompleted.ShouldBeFalse();
        _calls.Release(2);
        await job.WaitAsync(Wait.Patience, Cancel);
        shop.Completions.Count.ShouldBe(2);
        await shop.Batches.DidNotReceiveWithAnyArgs().TryFinishAsync("", Cancel);
        await StopAsync(pump);
    }

    [Fact]
    public async Task RunAsync_JobIsRunElsewhere_WorksOnTheBatchAllTheSame()
    {
        var shop = Shop(new WorkerOptions { MaxInFlight = 2 });
        Fill("b-1", 10);
        Fill("b-2", 10);
        _calls.Release(20);
        var pump = shop.Pump.RunAsync(null, _stopping.Token);
        await Wait.UntilAsync(() => shop.Completions.Count == 20);
        await shop.Batches.DidNotReceiveWithAnyArgs().TryFinishAsync("", Cancel);
        await StopAsync(pump);
    }

    [Fact]
    public async Task RunAsync_OnlyOneBatch_LeavesOthersAlone()
    {
        var shop = Shop();
        Fill("b-1", 3);
        Fill("b-2", 3);
        _calls.Release(6);
        var pump = shop.Pump.RunAsync("b-1", _stopping.Token);
        await Wait.UntilAsync(() => shop.Completions.Count == 3);
        (_left["b-1"].Count, _left["b-2"].Count).ShouldBe((0, 3));
        await StopAsync(pump);
    }

    [Fact]
    public async Task Refresh_NewBatch_IsClaimedOfAtOnce()
    {
        // Nothing is looked for by time.
        var shop = Shop(time: new FakeTimeProvider());
        var pump = shop.Pump.RunAsync(null, _stopping.Token);
        _calls.Release(1);
        Fill("b-1", 1);
        shop.Pump.Refresh();
        await Wait.UntilAsync(() => shop.Completions.Count == 1);
        await StopAsync(pump);
    }

    [Fact]
    public async Task RunAsync_NoBatch_ListsOnceInASweepIntervalAndClaimsNothing()
    {
        var time = new FakeTimeProvider();
        var shop = Shop(time: time);
        var pump = shop.Pump.RunAsync(null, _stopping.Token);
        await Wait.UntilAsync(() => _listed == 1);
        shop.Pump.Refresh();
        await Wait.UntilAsync(() => _listed == 2);
        time.Advance(TimeSpan.FromSeconds(4.9));
        await Task.Delay(TimeSpan.FromSeconds(1.5), Cancel);
        _listed.ShouldBe(2);
        time.Advance(TimeSpan.FromSeconds(0.1));
        await Wait.UntilAsync(() => _listed == 3);
        await shop.Items.DidNotReceiveWithAnyArgs().ClaimAsync(default, default!, default);
        await StopAsync(pump);
    }

    [Fact]
    public async Task RunAsync_StoppedWithCallsInFlight_LetsThemFinish()
    {
        var shop = Shop(new WorkerOptions { MaxInFlight = 2 });
        Fill("b-1", 10);
        var pump = shop.Pump.RunAsync(null, _stopping.Token);
        await Wait.UntilAsync(() => _running == 2);
        await _stopping.CancelAsync();
        _calls.Release(1);
        await Wait.UntilAsync(() => !shop.Completions.IsEmpty);
        pump.IsCompleted.ShouldBeFalse();
        _calls.Release(1);
        await pump.WaitAsync(Wait.Patience, Cancel);
        (shop.Completions.Count, shop.Pump.InFlight, _left["b-1"].Count).ShouldBe((2, 0, 8));
    }

    [Fact]
    public async Task RunAsync_DrainTimeOver_BreaksOffAndLeavesTheItems()
    {
        var time = new FakeTimeProvider();
        var shop = Shop(new WorkerOptions { MaxInFlight = 2, DrainTime = TimeSpan.FromMinutes(5) }, time);
        Fill("b-1", 2);
        var pump = shop.Pump.RunAsync(null, _stopping.Token);
        await Wait.UntilAsync(() => _running == 2);
        await _stopping.CancelAsync();
        var stopped = time.GetUtcNow();
        await Wait.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return pump.IsCompleted;
        });
        (time.GetUtcNow() - stopped).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(5));
        await Wait.UntilAsync(() => shop.Pump.InFlight == 0);
        shop.Completions.ShouldBeEmpty();
        await shop.Items.DidNotReceiveWithAnyArgs().ReleaseAsync(default!, default);
    }

    [Fact]
    public async Task Abort_WhileDraining_EndsAtOnce()
    {
        var shop = Shop(new WorkerOptions { MaxInFlight = 1 });
        Fill("b-1", 1);
        var pump = shop.Pump.RunAsync(null, _stopping.Token);
        await Wait.UntilAsync(() => _running == 1);
        await _stopping.CancelAsync();
        shop.Pump.Abort();
        await pump.WaitAsync(Wait.Patience, Cancel);
        shop.Completions.ShouldBeEmpty();
    }

    [Fact]
    public async Task RunAsync_DatabaseAwayAtAClaim_GoesOnWhenItIsBack()
    {
        var time = new FakeTimeProvider();
        var shop = Shop(time: time);
        Fill("b-1", 3);
        var faults = 3;
        shop.Claim = quotas => Interlocked.Decrement(ref faults) >= 0 ? throw new AwayException() : Claim(quotas);
        _calls.Release(3);
        var pump = shop.Pump.RunAsync(null, _stopping.Token);
        var job = shop.Job.RunAsync("b-1", Cancel);
        await Wait.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            return job.IsCompleted;
        });
        await job;
        shop.Completions.Count.ShouldBe(3);
        await StopAsync(pump);
    }

    [Fact]
    public async Task RunAsync_WorkThatThrows_LeavesTheItemToRecoveryAndGoesOn()
    {
        var time = new FakeTimeProvider();
        var shop = Shop(time: time);
        Fill("b-1", 2);
        _calls.Release(2);
        shop.Complete = set => set.Any(done => done.Item.Id == 0) ? throw new AwayException("23514") : [.. set.Select(_ => true)];
        var pump = shop.Pump.RunAsync(null, _stopping.Token);
        var job = shop.Job.RunAsync("b-1", Cancel);
        var disowned = new ConcurrentQueue<long>();
        shop.Items.DisownAsync(default!, default).ReturnsForAnyArgs(Task.CompletedTask).AndDoes(call => disowned.Enqueue(call.Arg<ClaimedItem>().Id));
        await Wait.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return job.IsCompleted && !disowned.IsEmpty;
        });
        disowned.ShouldContain(0);
        await StopAsync(pump);
    }

    private Workshop Shop(WorkerOptions? options = null, TimeProvider? time = null)
    {
        var shop = new Workshop(time, options);
        shop.Claim = Claim;
        shop.Items.GetOutlookAsync("", default).ReturnsForAnyArgs(call =>
            new BatchOutlook(Workshop.Batch(_states[call.Arg<string>()], call.Arg<string>()), _left[call.Arg<string>()].IsEmpty ? null : TimeSpan.Zero, Leased: false));
        shop.Items.ListWorkableAsync(null, default).ReturnsForAnyArgs(call =>
        {
            _listed++;
            var only = call.ArgAt<string?>(0);
            return [.. _states.Where(state => state.Value == BatchState.Running && (only is null || only == state.Key)).Select(state => new WorkableBatch(state.Key, 5, null))];
        });
        shop.Items.GetNextDueAsync(default!, default).ReturnsForAnyArgs(call =>
            call.ArgAt<IReadOnlyCollection<string>>(0).ToDictionary(batch => batch, batch => _left[batch].IsEmpty ? (TimeSpan?)null : TimeSpan.Zero, StringComparer.Ordinal));
        shop.Batches.TryFinishAsync("", default).ReturnsForAnyArgs(call =>
        {
            var batch = call.Arg<string>();
            if (_left[batch].IsEmpty) _states[batch] = BatchState.Completed;
            return Workshop.Batch(_states[batch], batch);
        });
        shop.Send = async abort =>
        {
            var running = Interlocked.Increment(ref _running);
            InterlockedMax(running);
            await _calls.WaitAsync(abort);
            Interlocked.Decrement(ref _running);
            return new EditOutcome.Succeeded(null, 1);
        };
        return shop;
    }

    private void Fill(string batch, int items)
    {
        _states[batch] = BatchState.Running;
        _left[batch] = new ConcurrentQueue<ClaimedItem>(Enumerable.Range(0, items).Select(id => Claims.Item(id, batch)));
    }

    private List<ClaimedItem> Claim(IReadOnlyCollection<ClaimQuota> quotas)
    {
        var claimed = new List<ClaimedItem>();
        foreach (var quota in quotas.Where(quota => _states[quota.BatchId] == BatchState.Running))
        {
            for (var at = 0; at < quota.Items && _left[quota.BatchId].TryDequeue(out var item); at++)
            {
                claimed.Add(item);
                _held.AddOrUpdate(quota.BatchId, 1, (_, held) => held + 1);
            }
        }

        return claimed;
    }

    private void InterlockedMax(int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref _most)) < value) Interlocked.CompareExchange(ref _most, value, seen);
    }

    private async Task StopAsync(Task pump)
    {
        await _stopping.CancelAsync();
        await pump.WaitAsync(Wait.Patience, Cancel);
    }
}
