using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Lanes;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Tests.Running;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace Darkroom.Jobs.Tests.Lanes;

public sealed class LaneTests
{
    private readonly Workshop _shop = new();
    private readonly ILaneStore _lanes = Substitute.For<ILaneStore>();
    private readonly IJobEngine _engine = Substitute.For<IJobEngine>();

    public LaneTests() => _lanes.HasWorkAsync(Cancel).ReturnsForAnyArgs(true);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private LaneRunner Runner => new(_lanes, _shop.Batches, _shop.Images, _shop.Pump, _shop.Process, _shop.Warnings, NullLogger<LaneRunner>.Instance);

    [Fact]
    public async Task RunLaneAsync_NothingToDoHere_DeclinesTheLane()
    {
        _lanes.StartAsync(5, 42, Cancel).Returns((string?)null);
        await Runner.RunLaneAsync(5, Cancel);
        await _lanes.Received().DeclineAsync(5, Arg.Any<CancellationToken>());
        await _lanes.DidNotReceiveWithAnyArgs().EndAsync(default, Cancel);
        await _shop.Images.DidNotReceiveWithAnyArgs().CheckAsync(Cancel);
    }

    [Fact]
    public async Task RunLaneAsync_StoreTakesNoWrites_HaltsBeforeAnythingIsBought()
    {
        _lanes.StartAsync(5, 42, Cancel).Returns("b-1");
        _shop.Images.CheckAsync(Cancel).ThrowsAsyncForAnyArgs(new ImageStoreException("Disk full."));
        await Runner.RunLaneAsync(5, Cancel);
        await _shop.Batches.Received().HaltAsync(
            "b-1", "store", "Disk full. Make room or restore access, resume the batch, and retry held items: their images were paid for and couldn't be kept.", Arg.Any<CancellationToken>());
        await _lanes.Received().EndAsync(5, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task RunLaneAsync_Shutdown_PutsTheLaneBack()
    {
        _lanes.StartAsync(5, 42, Arg.Any<CancellationToken>()).Returns("b-1");
        using var stop = new CancellationTokenSource();
        var lane = Runner.RunLaneAsync(5, stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => lane);
        await _lanes.Received().RequeueAsync(5, CancellationToken.None);
        await _lanes.DidNotReceiveWithAnyArgs().EndAsync(default, Cancel);
    }

    [Fact]
    public async Task RunOwnAsync_BatchThatIsDone_StartsAndEndsALaneOfItsOwn()
    {
        using var stop = new CancellationTokenSource();
        _lanes.StartOwnAsync("b-1", 42, Arg.Any<CancellationToken>()).Returns(6);
        _shop.Items.GetOutlookAsync("b-1", Cancel).ReturnsForAnyArgs(new BatchOutlook(Workshop.Batch(BatchState.Canceled), null, Leased: false));
        var pump = _shop.Pump.RunAsync(stop.Token);
        await Runner.RunOwnAsync("b-1", Cancel).WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        await _lanes.Received().EndAsync(6, CancellationToken.None);
        await stop.CancelAsync();
        await pump;
    }

    [Theory]
    [InlineData(BatchState.Running, 1)]
    [InlineData(BatchState.Completed, 0)]
    public async Task RunLaneAsync_BatchGoesOnBeforeTheLaneHasEnded_TellsOfItAfterwards(BatchState after, int told)
    {
        using var stop = new CancellationTokenSource();
        _lanes.StartAsync(5, 42, Cancel).ReturnsForAnyArgs("b-1");
        _shop.Items.GetOutlookAsync("b-1", Cancel).ReturnsForAnyArgs(new BatchOutlook(Workshop.Batch(BatchState.CompletedWithErrors), null, Leased: false));
        _shop.Batches.GetAsync("b-1", Cancel).ReturnsForAnyArgs(Workshop.Batch(after));
        var pump = _shop.Pump.RunAsync(stop.Token);
        await Runner.RunLaneAsync(5, Cancel).WaitAsync(TimeSpan.FromSeconds(20), Cancel);

        await _lanes.Received(told).TellAsync("b-1", CancellationToken.None);
        if (told > 0)
        {
            Received.InOrder(() =>
            {
                _ = _lanes.EndAsync(5, CancellationToken.None);
                _ = _shop.Batches.GetAsync("b-1", CancellationToken.None);
                _ = _lanes.TellAsync("b-1", CancellationToken.None);
            });
        }

        await stop.CancelAsync();
        await pump;
    }

    [Fact]
    public async Task SweepAsync_PlannedLanes_AreGivenToTheEngine()
    {
        LaneSweep.QueuedTime.ShouldBe(TimeSpan.FromMinutes(1));
        _lanes.PlanAsync(TimeSpan.FromMinutes(1), null, Cancel).Returns([new QueuedLane(1, "b-1", 9), new QueuedLane(2, "b-2", 5)]);
        var enqueued = new List<(long, int)>();
        _engine.EnqueueLaneAsync(default, default, Cancel).ReturnsForAnyArgs(Task.CompletedTask).AndDoes(call => enqueued.Add((call.ArgAt<long>(0), call.ArgAt<int>(1))));
        await Sweep(TimeProvider.System).SweepAsync(Cancel);
        enqueued.ShouldBe([(1, 9), (2, 5)]);
    }

    [Fact]
    public async Task SweepAsync_NothingToDo_AsksNothingMore()
    {
        _lanes.HasWorkAsync(Cancel).ReturnsForAnyArgs(false);
        await Sweep(TimeProvider.System).SweepAsync(Cancel);
        await _lanes.DidNotReceiveWithAnyArgs().PlanAsync(default, null, Cancel);
    }

    [Fact]
    public async Task SweepAsync_EngineRefuses_EndsTheLanesThatItDidntTake()
    {
        _lanes.PlanAsync(default, null, Cancel).ReturnsForAnyArgs([new QueuedLane(1, "b-1", 9), new QueuedLane(2, "b-2", 5), new QueuedLane(3, "b-3", 5)]);
        _engine.EnqueueLaneAsync(2, 5, Arg.Any<CancellationToken>()).Returns(Task.FromException(new InvalidOperationException("wrapped", new AwayException())));
        var refused = await Should.ThrowAsync<InvalidOperationException>(() => Sweep(TimeProvider.System).SweepAsync(Cancel));
        DatabaseFaults.IsTransient(refused).ShouldBeTrue();
        await _lanes.DidNotReceive().EndAsync(1, Arg.Any<CancellationToken>());
        await _lanes.Received(1).EndAsync(2, Arg.Any<CancellationToken>());
        await _lanes.Received(1).EndAsync(3, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task RunAsync_DatabaseAway_SweepsAgainAtTheNextInterval()
    {
        var time = new CountedTime();
        var swept = 0;
        _lanes.PlanAsync(default, null, Cancel).ReturnsForAnyArgs<IReadOnlyList<QueuedLane>>(_ => Interlocked.Increment(ref swept) <= 2 ? throw new AwayException() : []);
        using var stop = new CancellationTokenSource();
        var sweep = Sweep(time).RunAsync(stop.Token);
        for (var expected = 1; expected <= 4; expected++)
        {
            await time.BegunAsync(expected);
            swept.ShouldBe(expected);
            time.Advance(TimeSpan.FromSeconds(5));
        }

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => sweep);
    }

    private LaneSweep Sweep(TimeProvider time) => new(_lanes, _engine, _shop.Options, time, NullLogger<LaneSweep>.Instance);
}
