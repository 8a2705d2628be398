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

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_ManyItems_NeverRunsMoreThanMaxInFlight()
    {
        var shop = Shop(new WorkerOptions { MaxInFlight = 4 });
        Fill("b-1", 60);
        var pump = shop.Pump.RunAsync(_stopping.Token);
        var lane = shop.Pump.RunLaneAsync("b-1", staysWhenClosed: false, Cancel);
        await Wait.UntilAsync(() => _running == 4);
        _calls.Release(60);
        await lane.WaitAsync(Wait.Patience, Cancel);
        _most.ShouldBe(4);
        shop.Completions.Count.ShouldBe(60);
        _states["b-1"].ShouldBe(BatchState.Completed);
        await StopAsync(pump);
    }

    [Fact]
    public async Task RunAsync_SeveralLanes_ShareThePlacesEvenly()
    {
        var shop = Shop(new WorkerOptions { MaxInFlight = 9 });
        foreach (var batch in new[] { "b-1", "b-2", "b-3" }) Fill(batch, 50);
        Task[] lanes = [.. _left.Keys.Select(batch => shop.Pump.RunLaneAsync(batch, staysWhenClosed: false, Cancel))];
        var pump = shop.Pump.RunAsync(_stopping.Token);
        await Wait.UntilAsync(() => _running == 9);
        _held.ToDictionary().ShouldBe(new Dictionary<string, int>(StringComparer.Ordinal) { ["b-1"] = 3, ["b-2"] = 3, ["b-3"] = 3 }, ignoreOrder: true);
        _calls.Release(150);
        await Task.WhenAll(lanes).WaitAsync(Wait.Patience, Cancel);
        shop.Completions.Count.ShouldBe(150);
        await StopAsync(pump);
    }

    [Fact]
    public async Task RunLaneAsync_PausedBatch_EndsWhenItsCallsHaveFinished()
    {
        var shop = Shop(new WorkerOptions { MaxInFlight = 2 });
        Fill("b-1", 10);
        var pump = shop.Pump.RunAsync(_stopping.Token);
        var lane = shop.Pump.RunLaneAsync("b-1", staysWhenClosed: false, Cancel);
        await Wait.UntilAsync(() => _running == 2);
        _states["b-1"] = BatchState.Paused;
        lane.IsCompleted.ShouldBeFalse();
        _calls.Release(2);
        await lane.WaitAsync(Wait.Patience, Cancel);
        shop.Completions.Count.ShouldBe(2);
        await shop.Batches.DidNotReceiveWithAnyArgs().TryFinishAsync("", Cancel);
        await StopAsync(pump);
    }

    [Fact]
    public async Task RunLaneAsync_SecondLaneOfABatch_IsABug()
    {
        var shop = Shop();
        using var stop = new CancellationTokenSource();
        var lane = shop.Pump.RunLaneAsync("b-1", staysWhenClosed: false, stop.Token);
        (await Should.ThrowAsync<InvalidOperationException>(() => shop.Pump.RunLaneAsync("b-1", staysWhenClosed: false, Cancel))).Message.ShouldBe("Batch b-1 has a lane in this process already.");
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => lane);
        var again = shop.Pump.RunLaneAsync("b-1", staysWhenClosed: false, new CancellationToken(canceled: true));
        await Should.ThrowAsync<OperationCanceledException>(() => again);
    }

    [Fact]
    public async Task RunAsync_StoppedWithCallsInFlight_LetsThemFinish()
    {
        var shop = Shop(new WorkerOptions { MaxInFlight = 2 });
        Fill("b-1", 10);
        var pump = shop.Pump.RunAsync(_stopping.Token);
        using var laneStop = new CancellationTokenSource();
        var lane = shop.Pump.RunLaneAsync("b-1", staysWhenClosed: false, laneStop.Token);
        await Wait.UntilAsync(() => _running == 2);
        await _stopping.CancelAsync();
        _calls.Release(1);
        await Wait.UntilAsync(() => !shop.Completions.IsEmpty);
        pump.IsCompleted.ShouldBeFalse();
        _calls.Release(1);
        await pump.WaitAsync(Wait.Patience, Cancel);
        (shop.Completions.Count, shop.Pump.InFlight, _left["b-1"].Count).ShouldBe((2, 0, 8));
        await laneStop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => lane);
    }

    [Fact]
    public async Task RunAsync_DrainTimeOver_BreaksOffAndLeavesTheItems()
    {
        var time = new FakeTimeProvider();
        var shop = Shop(new WorkerOptions { MaxInFlight = 2, DrainTime = TimeSpan.FromMinutes(5) }, time);
        Fill("b-1", 2);
        var pump = shop.Pump.RunAsync(_stopping.Token);
        _ = shop.Pump.RunLaneAsync("b-1", staysWhenClosed: false, Cancel);
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
        var pump = shop.Pump.RunAsync(_stopping.Token);
        _ = shop.Pump.RunLaneAsync("b-1", staysWhenClosed: false, Cancel);
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
        var pump = shop.Pump.RunAsync(_stopping.Token);
        var lane = shop.Pump.RunLaneAsync("b-1", staysWhenClosed: false, Cancel);
        await Wait.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            return lane.IsCompleted;
        });
        await lane;
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
        var pump = shop.Pump.RunAsync(_stopping.Token);
        var lane = shop.Pump.RunLaneAsync("b-1", staysWhenClosed: false, Cancel);
        var disowned = new ConcurrentQueue<long>();
        shop.Items.DisownAsync(default!, default).ReturnsForAnyArgs(Task.CompletedTask).AndDoes(call => disowned.Enqueue(call.Arg<ClaimedItem>().Id));
        await Wait.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return lane.IsCompleted && !disowned.IsEmpty;
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
