using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Throttling;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace Darkroom.Jobs.Tests.Running;

public sealed class ItemRunnerTests
{
    private readonly Workshop _shop = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abort = new();

    [Fact]
    public async Task RunAsync_Success_WritesDownBeforeItSendsAndStoresBeforeItCompletes()
    {
        await RunAsync();
        _shop.Log.ShouldBe(["enter", "begin", "start", "send", "commit", "complete", "leave"]);
        var done = _shop.Completions.ShouldHaveSingleItem();
        (done.Next, done.Attempt, done.Outputs.Count).ShouldBe((ItemState.Succeeded, Claims.First, 1));
    }

    [Fact]
    public async Task RunAsync_Call_TakesItsCostAndGoesToItsPlace()
    {
        await RunAsync();
        await _shop.Limiter.Received().EnterAsync(
            Arg.Is<CallTicket>(ticket => ticket.Group == Claims.Group && ticket.Cost.Images == 2 && ticket.Cost.InputImages == 3 && ticket.Cost.Tokens == 782
                && ticket.BatchId == "b-1" && ticket.Weight == 32 && ticket.Caps == null),
            Arg.Any<CancellationToken>());
        _shop.Images.Received().OpenSink(new AttemptPlace("b-1", "out/key-7", 1, "png"));
        await _shop.Sink.Received().CommitAsync(new OutputMetadata(700, null, 1, null), _abort.Token);
        await _shop.Client.Received().SendAsync(Arg.Is<EditRequest>(request => request.Prompt == "A mug" && request.Options.N == 2), _shop.Sink, _abort.Token);
    }

    [Fact]
    public async Task RunAsync_StoppedWhileItWaits_GivesTheItemUpUnsent()
    {
        _shop.Enter = async stopping =>
        {
            await _stopping.CancelAsync();
            throw new OperationCanceledException(stopping);
        };
        await RunAsync();
        _shop.Log.ShouldBe(["release"]);
    }

    [Fact]
    public async Task RunAsync_ClaimLostOrBatchStopped_GivesTheItemUpUnsent()
    {
        _shop.Begin = _ => [null];
        await RunAsync();
        _shop.Log.ShouldBe(["enter", "begin", "release", "leave"]);
    }

    [Fact]
    public async Task RunAsync_DatabaseAwayAtTheBegin_GivesTheItemUpUnsent()
    {
        _shop.Begin = _ => throw new AwayException();
        await RunAsync();
        _shop.Log.ShouldBe(["enter", "begin", "release", "leave"]);
    }

    [Fact]
    public async Task RunAsync_OtherFaultAtTheBegin_PassesAndSendsNothing()
    {
        _shop.Begin = _ => throw new AwayException("23505");
        await Should.ThrowAsync<AwayException>(RunAsync);
        _shop.Log.ShouldBe(["enter", "begin", "leave"]);
    }

    [Fact]
    public async Task RunAsync_AbortedInTheCall_LeavesTheItemToRecovery()
    {
        _shop.Send = async abort =>
        {
            await _abort.CancelAsync();
            throw new OperationCanceledException(abort);
        };
        await Should.ThrowAsync<OperationCanceledException>(RunAsync);
        _shop.Log.ShouldBe(["enter", "begin", "start", "send", "leave"]);
    }

    [Fact]
    public async Task RunAsync_StoppedInTheCall_FinishesIt()
    {
        _shop.Send = async _ =>
        {
            await _stopping.CancelAsync();
            return new EditOutcome.Succeeded(null, 1);
        };
        await RunAsync();
        _shop.Log.ShouldBe(["enter", "begin", "start", "send", "commit", "complete", "leave"]);
    }

    [Fact]
    public async Task RunAsync_Throttled_HoldsTheGroupAndStoresNothing()
    {
        Answer(new EditOutcome.Throttled(new ServiceError(ErrorClasses.Throttled, "c", "Slow."), TimeSpan.FromSeconds(12)));
        await RunAsync();
        _shop.Log.ShouldBe(["enter", "begin", "start", "send", "learn", "complete", "leave"]);
        await _shop.Limiter.Received().LearnAsync(
            Arg.Is<LimitNews>(news => news.Group == Claims.Group && news.Kind == LimitNewsKind.Throttled && news.Hold == TimeSpan.FromSeconds(12)), CancellationToken.None);
        _shop.Place.Tokens.ShouldBe(0);
        _shop.Completions.Single().Next.ShouldBe(ItemState.Pending);
    }

    [Fact]
    public async Task RunAsync_ThrottledForTooLong_HaltsTheBatch()
    {
        var refusal = new EditOutcome.Throttled(new ServiceError(ErrorClasses.Throttled, "c", "Slow."), null);
        Answer(refusal);
        _shop.Limiter.NoteAsync(Claims.Group, Claims.Item().BatchId, refusal, CancellationToken.None).Returns(TimeSpan.FromMinutes(10));
        await RunAsync();
        var done = _shop.Completions.Single();
        (done.Next, done.HaltReason).ShouldBe((ItemState.Pending, HaltReasons.Throttled));
        done.HaltDetail.ShouldStartWith("Slow. For 10 min ");
    }

    [Fact]
    public async Task RunAsync_LearningFailsWithTheDatabaseAway_CompletesAllTheSame()
    {
        Answer(new EditOutcome.Throttled(new ServiceError(ErrorClasses.Throttled, "c", "Slow."), null));
        _shop.Learn = () => throw new AwayException();
        await RunAsync();
        _shop.Completions.Single().AttemptState.ShouldBe("throttled");
    }

    [Fact]
    public async Task RunAsync_StoreRefusesTheCommit_HaltsWithWhatWasPaid()
    {
        _shop.Sink.CommitAsync(default!, default).ThrowsAsyncForAnyArgs(new ImageStoreException("Disk full."));
        await RunAsync();
        var done = _shop.Completions.Single();
        (done.Next, done.HaltReason, done.Ledger!.Kind).ShouldBe((ItemState.Held, "store", "estimated"));
    }

    [Fact]
    public async Task RunAsync_StoreRefusesInTheMiddleOfTheAnswer_HaltsAtWorstCost()
    {
        _shop.Send = _ => Task.FromException<EditOutcome>(new ImageStoreException("Disk full."));
        await RunAsync();
        var done = _shop.Completions.Single();
        (done.Next, done.HaltReason, done.Ledger!.Kind).ShouldBe((ItemState.Held, "store", "unconfirmed"));
    }

    [Fact]
    public async Task RunAsync_AnswerThatIsNoImage_IsKeptAsideNamedAndNeverCommitted()
    {
        _shop.Sink.SetAsideAsync(_abort.Token).Returns(["unreadable/b-1/out/key-7-1.bin"]);
        Answer(new EditOutcome.Unknown(new ServiceError(ErrorClasses.BadAnswer, "not_an_image", "Image 1 of the answer is text.")) { LeavesBytes = true });
        await RunAsync();
        var done = _shop.Completions.Single();
        (done.AttemptState, done.Ledger!.Kind, done.Outputs.Count).ShouldBe(("unknown", "unconfirmed", 0));
        done.Error!.Message.ShouldBe("Image 1 of the answer is text. Kept for a look at unreadable/b-1/out/key-7-1.bin.");
        done.Error.DetailsJson.ShouldBe("""{"kept":["unreadable/b-1/out/key-7-1.bin"]}""");
        await _shop.Sink.DidNotReceiveWithAnyArgs().CommitAsync(default!, default);
    }

    [Fact]
    public async Task RunAsync_AnswerThatIsNoImageCannotBeKept_HaltsAtWorstCost()
    {
        _shop.Sink.SetAsideAsync(default).ThrowsAsyncForAnyArgs(new ImageStoreException("Disk full."));
        Answer(new EditOutcome.Unknown(new ServiceError(ErrorClasses.BadAnswer, "not_an_image", "m")) { LeavesBytes = true });
        await RunAsync();
        var done = _shop.Completions.Single();
        (done.Next, done.HaltReason, done.Ledger!.Kind).ShouldBe((ItemState.Held, "store", "unconfirmed"));
    }

    [Fact]
    public async Task RunAsync_BugInTheCall_IsAnUnknownOutcome()
    {
        _shop.Send = _ => Task.FromException<EditOutcome>(new NotSupportedException("Oops."));
        await RunAsync();
        var done = _shop.Completions.Single();
        (done.AttemptState, done.Error!.Class, done.Ledger!.Kind).ShouldBe(("unknown", "internal", "unconfirmed"));
    }

    [Fact]
    public async Task RunAsync_ClaimLostBeforeTheCompletion_IsNoFault()
    {
        _shop.Complete = _ => [false];
        await RunAsync();
        _shop.Log.ShouldBe(["enter", "begin", "start", "send", "commit", "complete", "leave"]);
    }

    [Fact]
    public async Task RunAsync_SendingItemWithImagesInTheStore_AdoptsThemAndCallsNobody()
    {
        _shop.Items.GetOpenAttemptAsync(default!, default).ReturnsForAnyArgs(new Attempt(701, 3));
        _shop.Images.FindAsync(new AttemptPlace("b-1", "out/key-7", 3, "png"), 701, Arg.Any<CancellationToken>())
            .Returns(new AdoptedOutputs([new StoredImage(0, "p", 1, "aa", "png", 1, 1)], new OutputMetadata(701, null, 1, "req_1")));
        await RunAsync(Sending());
        _shop.Log.ShouldBe(["complete"]);
        var done = _shop.Completions.Single();
        (done.Next, done.AttemptState, done.Attempt, done.Outputs.Count).ShouldBe((ItemState.Succeeded, "adopted", new Attempt(701, 3), 1));
    }

    [Fact]
    public async Task RunAsync_SendingItemWithNothingInTheStore_IsBookedAsLost()
    {
        _shop.Items.GetOpenAttemptAsync(default!, default).ReturnsForAnyArgs(Claims.First);
        _shop.Images.FindAsync(default!, default, default).ReturnsForAnyArgs((AdoptedOutputs?)null);
        await RunAsync(Sending());
        _shop.Log.ShouldBe(["complete"]);
        var done = _shop.Completions.Single();
        (done.Next, done.Error!.Code, done.Ledger!.Kind).ShouldBe((ItemState.Pending, "process_died", "unconfirmed"));
    }

    [Fact]
    public async Task RunAsync_SendingItemAndAStoreThatCantBeRead_DecidesNothing()
    {
        _shop.Items.GetOpenAttemptAsync(default!, default).ReturnsForAnyArgs(Claims.First);
        _shop.Images.FindAsync(default!, default, default).ThrowsAsyncForAnyArgs(new ImageStoreException("Away."));
        await Should.ThrowAsync<ImageStoreException>(() => RunAsync(Sending()));
        _shop.Log.ShouldBeEmpty();
    }

    [Fact]
    public async Task RunAsync_ImagesOfAnEarlierAttemptAreKept_TakesThemAndCallsNobody()
    {
        var stored = new AdoptedOutputs([new StoredImage(0, "p", 1, "aa", "png", 1, 1)], new OutputMetadata(701, null, 1, "req_1"));
        _shop.Images.TakeKeptAsync(new AttemptPlace("b-1", "out/key-7", 3, "png"), null, _abort.Token).Returns(stored);
        await RunAsync(Claims.Item() with { Calls = 3 });
        _shop.Log.ShouldBe(["complete"]);
        var done = _shop.Completions.Single();
        (done.Next, done.AttemptState, done.Attempt, done.Outputs.Count, done.Ledger, done.SpendsAttempt).ShouldBe((ItemState.Succeeded, "adopted", new Attempt(701, 3), 1, null, false));
    }

    [Fact]
    public async Task RunAsync_KeptImagesCantBeStoredYet_HaltsBeforeAnythingIsBought()
    {
        _shop.Images.TakeKeptAsync(default!, default, default).ThrowsAsyncForAnyArgs(new ImageStoreException("Away."));
        await RunAsync(Claims.Item() with { Calls = 1 });
        _shop.Log.ShouldBe(["complete"]);
        var done = _shop.Completions.Single();
        (done.Next, done.HaltReason, done.AttemptState).ShouldBe((ItemState.Pending, "store", null));
    }

    private static ClaimedItem Sending() => Claims.Item() with { State = ItemState.Sending, Calls = 1 };

    private void Answer(EditOutcome outcome) => _shop.Send = _ => Task.FromResult(outcome);

    private Task RunAsync() => RunAsync(Claims.Item());

    private Task RunAsync(ClaimedItem item) => _shop.Runner.RunAsync(item, _stopping.Token, _abort.Token);
}
