using System.Data.Common;
using Darkroom.Jobs.Running;
using Darkroom.Worker.Hangfire;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NSubstitute;

namespace Darkroom.Worker.Tests.Hangfire;

/// <summary>The sweep against stand-ins; with a real server, see <see cref="OneJobPerBatchTests"/>.</summary>
public sealed class BatchSweepTests
{
    private readonly IBatchJobStore _store = Substitute.For<IBatchJobStore>();
    private readonly IBackgroundJobClientV2 _jobs = Substitute.For<IBackgroundJobClientV2>();
    private readonly IBatchJob _running = Substitute.For<IBatchJob>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private BatchSweep Sweep => new(
        _store, _jobs, _running, pump: null!, Substitute.For<IBatchNews>(), Options.Create(new WorkerOptions { MaxBatches = 2 }), NullLogger<BatchSweep>.Instance);

    [Fact]
    public async Task SweepAsync_MissingJobs_AreEnqueuedInTheQueuesOfTheirPriorities()
    {
        BatchSweep.LostAfter.ShouldBe(TimeSpan.FromMinutes(1));
        _store.TakeMissingAsync(TimeSpan.FromMinutes(1), true, Cancel).Returns([new MissingJob("b-1", 9), new MissingJob("b-2", 5)]);
        var enqueued = new List<(object?, string)>();
        _jobs.Create(default!, default!, default!).ReturnsForAnyArgs("1").AndDoes(call => enqueued.Add((call.Arg<Job>().Args[0], ((EnqueuedState)call.Arg<IState>()).Queue)));
        await Sweep.SweepAsync(Cancel);
        enqueued.ShouldBe([("b-1", "batch-0"), ("b-2", "batch-4")]);
        await _store.DidNotReceiveWithAnyArgs().ForgetAsync(default!, Cancel);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public async Task SweepAsync_PlacesAreTaken_SaysWhetherOneIsFree(int running, bool free)
    {
        _running.Count.Returns(running);
        await Sweep.SweepAsync(Cancel);
        await _store.Received(1).TakeMissingAsync(TimeSpan.FromMinutes(1), free, Cancel);
    }

    [Fact]
    public async Task SweepAsync_HangfireRefuses_LeavesWhatItDidNotTakeToTheNextSweep()
    {
        _store.TakeMissingAsync(default, default, Cancel).ReturnsForAnyArgs([new MissingJob("b-1", 9), new MissingJob("b-2", 5), new MissingJob("b-3", 5)]);
        _jobs.Create(default!, default!, default!).ReturnsForAnyArgs(_ => "1", _ => throw new InvalidOperationException("wrapped", new Away()));
        var refused = await Should.ThrowAsync<InvalidOperationException>(() => Sweep.SweepAsync(Cancel));
        DatabaseFaults.IsTransient(refused).ShouldBeTrue();
        await _store.Received(1).ForgetAsync(Arg.Is<IReadOnlyCollection<string>>(batches => batches.SequenceEqual(new[] { "b-2", "b-3" })), CancellationToken.None);
    }

    private sealed class Away() : DbException("away")
    {
        public override bool IsTransient => true;
    }
}
