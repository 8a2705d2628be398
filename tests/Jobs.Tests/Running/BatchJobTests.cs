using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Running;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace Darkroom.Jobs.Tests.Running;

public sealed class BatchJobTests
{
    private readonly Workshop _shop = new();
    private BatchOutlook _outlook = Outlook(BatchState.Running, TimeSpan.FromHours(1));

    public BatchJobTests() => _shop.Items.GetOutlookAsync("", default).ReturnsForAnyArgs(_ => _outlook);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_AnotherRunsIt_HasNothingToDo()
    {
        _shop.Jobs.BeginAsync("", 0, default).ReturnsForAnyArgs(false);
        (await _shop.Job.RunAsync("b-1", Cancel)).ShouldBeNull();
        await _shop.Images.DidNotReceiveWithAnyArgs().CheckAsync(Cancel);
        await _shop.Jobs.DidNotReceiveWithAnyArgs().EndAsync("", 0, Cancel);
        _shop.Job.Count.ShouldBe(0);
    }

    [Fact]
    public async Task RunAsync_TwoJobsOfOneBatchInOneProcess_OneHasNothingToDo()
    {
        using var stop = new CancellationTokenSource();
        var job = _shop.Job.RunAsync("b-1", stop.Token);
        (await _shop.Job.RunAsync("b-1", Cancel)).ShouldBeNull();
        _shop.Job.Count.ShouldBe(1);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => job);
        _shop.Job.Count.ShouldBe(0);
    }

    [Fact]
    public async Task RunAsync_QueuedBatch_ChecksTheStoreAndOpensItAndEndsIt()
    {
        _outlook = Outlook(BatchState.Running, next: null);
        _shop.Batches.TryFinishAsync("b-1", Arg.Any<CancellationToken>()).Returns(Workshop.Batch(BatchState.Completed));
        (await _shop.Job.RunAsync("b-1", Cancel))!.State.ShouldBe(BatchState.Completed);
        Received.InOrder(() =>
        {
            _ = _shop.Jobs.BeginAsync("b-1", 42, Arg.Any<CancellationToken>());
            _ = _shop.Images.CheckAsync(Arg.Any<CancellationToken>());
            _ = _shop.Jobs.OpenAsync("b-1", Arg.Any<CancellationToken>());
            _ = _shop.Batches.TryFinishAsync("b-1", Arg.Any<CancellationToken>());
            _ = _shop.Jobs.EndAsync("b-1", 42, CancellationToken.None);
            _ = _shop.Ending.RunAsync(Workshop.Batch(BatchState.Completed), Arg.Any<CancellationToken>());
        });
    }

    [Fact]
    public async Task RunAsync_StoreTakesNoWrites_HaltsBeforeAnythingIsBought()
    {
        _outlook = Outlook(BatchState.Halted, TimeSpan.Zero);
        _shop.Images.CheckAsync(Cancel).ThrowsAsyncForAnyArgs(new ImageStoreException("Disk full."));
        await _shop.Job.RunAsync("b-1", Cancel);
        await _shop.Batches.Received().HaltAsync(
            "b-1", "store", "Disk full. Make room or restore access, resume the batch, and retry held items: their images were paid for and couldn't be kept.", Arg.Any<CancellationToken>());
        await _shop.Jobs.DidNotReceiveWithAnyArgs().OpenAsync("", Cancel);
        await _shop.Jobs.Received().EndAsync("b-1", 42, Arg.Any<CancellationToken>());
        await _shop.Ending.DidNotReceiveWithAnyArgs().RunAsync(default!, default);
    }

    [Fact]
    public async Task RunAsync_Shutdown_GivesTheJobBack()
    {
        using var stop = new CancellationTokenSource();
        var job = _shop.Job.RunAsync("b-1", stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => job);
        await _shop.Jobs.Received().GiveBackAsync("b-1", 42, CancellationToken.None);
        await _shop.Jobs.DidNotReceiveWithAnyArgs().EndAsync("", 0, Cancel);
    }

    [Theory]
    [InlineData(BatchState.Paused)]
    [InlineData(BatchState.Halted)]
    [InlineData(BatchState.Canceled)]
    [InlineData(BatchState.AwaitingApproval)]
    public async Task RunAsync_BatchIsStopped_Ends(BatchState state)
    {
        var job = _shop.Job.RunAsync("b-1", Cancel);
        await Wait.UntilAsync(() => _shop.Job.Count == 1);
        _outlook = Outlook(state, TimeSpan.Zero);
        (await job.WaitAsync(Wait.Patience, Cancel))!.State.ShouldBe(state);
        await _shop.Batches.DidNotReceiveWithAnyArgs().TryFinishAsync("", Cancel);
        await _shop.Jobs.Received().EndAsync("b-1", 42, CancellationToken.None);
    }

    [Fact]
    public async Task RunAsync_PausedAndResumedWithinALook_OpensItAgain()
    {
        _outlook = Outlook(BatchState.Queued, TimeSpan.Zero);
        var opened = 0;
        _shop.Jobs.OpenAsync("", default).ReturnsForAnyArgs(Task.CompletedTask).AndDoes(_ =>
        {
            // Resumed after it was opened first.
            if (++opened == 2) _outlook = Outlook(BatchState.Paused, TimeSpan.Zero);
        });
        await _shop.Job.RunAsync("b-1", Cancel).WaitAsync(Wait.Patience, Cancel);
        opened.ShouldBe(2);
    }

    [Fact]
    public async Task RunAsync_ItsHoursAreOver_EndsWhenNoItemIsAtWork()
    {
        _outlook = Outlook(BatchState.Running, TimeSpan.Zero) with { OpensIn = TimeSpan.FromHours(3), Leased = true };
        var job = _shop.Job.RunAsync("b-1", Cancel);
        await Task.Delay(TimeSpan.FromSeconds(1.5), Cancel);
        job.IsCompleted.ShouldBeFalse();
        _outlook = _outlook with { Leased = false };
        (await job.WaitAsync(Wait.Patience, Cancel))!.State.ShouldBe(BatchState.Running);
        await _shop.Jobs.Received().EndAsync("b-1", 42, CancellationToken.None);
    }

    [Fact]
    public async Task RunOwnAsync_AWorkerRunsTheJobAndItsHoursAreOver_StaysUntilTheEnd()
    {
        _shop.Jobs.BeginAsync("", 0, default).ReturnsForAnyArgs(false);
        _outlook = Outlook(BatchState.Running, TimeSpan.Zero) with { OpensIn = TimeSpan.FromHours(3) };
        var own = _shop.Job.RunOwnAsync("b-1", Cancel);
        await Task.Delay(TimeSpan.FromSeconds(1.5), Cancel);
        own.IsCompleted.ShouldBeFalse();
        _outlook = Outlook(BatchState.Completed, next: null);
        (await own.WaitAsync(Wait.Patience, Cancel)).State.ShouldBe(BatchState.Completed);
        await _shop.Ending.Received().RunAsync(Workshop.Batch(BatchState.Completed), Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task RunAsync_DatabaseAway_GoesOnWhenItIsBack()
    {
        var looks = 0;
        _shop.Items.GetOutlookAsync("", default).ReturnsForAnyArgs(_ => ++looks < 3 ? throw new AwayException() : Outlook(BatchState.Canceled, next: null));
        (await _shop.Job.RunAsync("b-1", Cancel).WaitAsync(Wait.Patience, Cancel))!.State.ShouldBe(BatchState.Canceled);
    }

    private static BatchOutlook Outlook(BatchState state, TimeSpan? next) => new(Workshop.Batch(state), next, Leased: false);
}
