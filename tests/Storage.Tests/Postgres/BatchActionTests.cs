using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Testing.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>What people ask of a batch, in every state, and how it ends.</summary>
public sealed class BatchActionTests(DatabaseFixture fixture) : SharedDatabaseTest(fixture)
{
    [Fact]
    public async Task ApplyAsync_PauseAndResume_AreIdempotent()
    {
        var id = await ImportAsync(1);
        (await Batches.ApplyAsync(id, BatchAction.Pause, Cancel)).ShouldBe(new BatchActionResult(true, BatchState.Paused, null, 0));
        (await Batches.ApplyAsync(id, BatchAction.Pause, Cancel)).ShouldBe(new BatchActionResult(true, BatchState.Paused, null, 0));
        (await Batches.ApplyAsync(id, BatchAction.Resume, Cancel)).ShouldBe(new BatchActionResult(true, BatchState.Queued, null, 0));
        (await Batches.ApplyAsync(id, BatchAction.Resume, Cancel)).ShouldBe(new BatchActionResult(true, BatchState.Queued, null, 0));
    }

    [Fact]
    public async Task ApplyAsync_EveryActionInEveryState_DoesItOnceOrSaysWhyNot()
    {
        foreach (var state in Enum.GetValues<BatchState>())
        {
            foreach (var action in Enum.GetValues<BatchAction>())
            {
                var id = await InStateAsync(state);
                var before = await SnapshotAsync(id);
                var (next, refusal) = BatchTransitions.Decide(state, action);

                var first = await Batches.ApplyAsync(id, action, Cancel);
                (first.State, first.Refusal).ShouldBe((next ?? state, refusal), $"{action} of {state}");
                if (next is null) (await SnapshotAsync(id)).ShouldBe(before, $"{action} of {state}");
                else (await Batches.GetAsync(id, Cancel))!.State.ShouldBe(next.Value);

                // Again: the same answer, and nothing moves.
                var after = await SnapshotAsync(id);
                (await Batches.ApplyAsync(id, action, Cancel)).ShouldBe(new BatchActionResult(true, next ?? state, refusal, 0), $"{action} of {state}, again");
                (await SnapshotAsync(id)).ShouldBe(after, $"{action} of {state}, again");
            }
        }
    }

    [Theory]
    [InlineData(BatchState.Importing, BatchState.Importing, "A batch that is importing has nothing to retry.")]
    [InlineData(BatchState.AwaitingApproval, BatchState.AwaitingApproval, "A batch that is awaiting_approval has nothing to retry.")]
    [InlineData(BatchState.Queued, BatchState.Queued, null)]
    [InlineData(BatchState.Running, BatchState.Running, null)]
    [InlineData(BatchState.Paused, BatchState.Paused, null)]
    [InlineData(BatchState.Halted, BatchState.Halted, null)]
    [InlineData(BatchState.Completed, BatchState.Queued, null)]
    [InlineData(BatchState.CompletedWithErrors, BatchState.Queued, null)]
    [InlineData(BatchState.Canceled, BatchState.Canceled, "A batch that is canceled has nothing to retry.")]
    public async Task RetryAsync_InEveryState_PutsBackOnceOrSaysWhyNot(BatchState state, BatchState next, string? refusal)
    {
        var id = await InStateAsync(state);
        await ExecuteAsync("update item set state = 'failed', error = '{}', finished_at = now() where batch_id = $1", id);

        (await Batches.RetryAsync(id, [ItemState.Failed], Cancel)).ShouldBe(new BatchActionResult(true, next, refusal, refusal is null ? 1 : 0));
        (await StatesAsync(id)).ShouldBe(refusal is null ? "pending" : "failed");
        var again = await Batches.RetryAsync(id, [ItemState.Failed], Cancel);
        (again.State, again.Refusal, again.Items).ShouldBe((next, refusal, 0));
    }

    [Fact]
    public async Task ApplyAsync_Impossible_SaysWhyAndChangesNothing()
    {
        var id = await ImportAsync(0);
        (await Batches.TryFinishAsync(id, Cancel)).State.ShouldBe(BatchState.Completed);
        var before = await SnapshotAsync(id);
        (await Batches.ApplyAsync(id, BatchAction.Cancel, Cancel)).ShouldBe(new BatchActionResult(true, BatchState.Completed, "A batch that is completed can't be canceled.", 0));
        (await SnapshotAsync(id)).ShouldBe(before);
    }

    [Fact]
    public async Task ApplyAsync_ResumeAfterHalt_ForgetsTheReason()
    {
        var id = await ImportAsync(1);
        await Batches.HaltAsync(id, HaltReasons.Quota, "No money. Pay.", Cancel);
        var halted = (await Batches.GetAsync(id, Cancel))!;
        (halted.State, halted.Reason, halted.Detail).ShouldBe((BatchState.Halted, "quota", "No money. Pay."));
        await Batches.ApplyAsync(id, BatchAction.Resume, Cancel);
        var resumed = (await Batches.GetAsync(id, Cancel))!;
        (resumed.State, resumed.Reason, resumed.Detail).ShouldBe((BatchState.Queued, null, null));
    }

    [Fact]
    public async Task ApplyAsync_CancelWithLeasedItems_CancelsTheOthersAndLeavesThoseToTheirWorkers()
    {
        var process = await RegisterAsync();
        var id = await ImportAsync(5);
        var items = await ClaimAsync(process, id, 3);
        var attempts = await Items.BeginAttemptsAsync(process, items.Take(2).ToList(), Cancel);
        (await Batches.ApplyAsync(id, BatchAction.Cancel, Cancel)).ShouldBe(new BatchActionResult(true, BatchState.Canceled, null, 2));
        (await StatesAsync(id)).ShouldBe("sending sending pending canceled canceled");
        (await Batches.GetAsync(id, Cancel))!.FinishedAt.ShouldNotBeNull();

        await Items.CompleteAsync([Succeeded(items[0], attempts[0]!), Throttled(items[1], attempts[1]!, TimeSpan.Zero)], Cancel);
        (await Items.BeginAttemptsAsync(process, [items[2]], Cancel)).ShouldBe([null]);
        await Items.ReleaseAsync([items[2]], Cancel);
        (await StatesAsync(id)).ShouldBe("succeeded canceled canceled canceled canceled");
        (await Batches.ApplyAsync(id, BatchAction.Cancel, Cancel)).ShouldBe(new BatchActionResult(true, BatchState.Canceled, null, 0));
    }

    [Fact]
    public async Task ApplyAsync_Approve_QueuesABatchThatWaits()
    {
        var id = await ImportAsync(1);
        await ExecuteAsync("update batch set state = 'awaiting_approval' where id = $1", id);
        (await Batches.ApplyAsync(id, BatchAction.Approve, Cancel)).ShouldBe(new BatchActionResult(true, BatchState.Queued, null, 0));
    }

    [Theory]
    [InlineData(BatchState.Paused)]
    [InlineData(BatchState.Canceled)]
    [InlineData(BatchState.Completed)]
    public async Task HaltAsync_NotRunning_ChangesNothing(BatchState state)
    {
        var id = await ImportAsync(0);
        if (state == BatchState.Completed) await Batches.TryFinishAsync(id, Cancel);
        else await Batches.ApplyAsync(id, state == BatchState.Paused ? BatchAction.Pause : BatchAction.Cancel, Cancel);
        var before = await SnapshotAsync(id);
        await Batches.HaltAsync(id, HaltReasons.Store, "Full.", Cancel);
        (await SnapshotAsync(id)).ShouldBe(before);
    }

    [Fact]
    public async Task RetryAsync_CompletedWithErrors_PutsTheNamedOnesBackWithFreshAttempts()
    {
        var process = await RegisterAsync();
        var id = await ImportAsync(4);
        ItemState[] ends = [ItemState.Failed, ItemState.Held, ItemState.Rejected, ItemState.Failed];
        await WorkOffAsync(process, id, (item, attempt) => Failed(item, attempt, ends[int.Parse(item.Key[4..]) - 1]) with { CountsUnknown = true, CountsUnsent = true });
        (await Batches.TryFinishAsync(id, Cancel)).State.ShouldBe(BatchState.CompletedWithErrors);

        (await Batches.RetryAsync(id, [ItemState.Failed, ItemState.Held], Cancel)).ShouldBe(new BatchActionResult(true, BatchState.Queued, null, 3));
        (await StatesAsync(id)).ShouldBe("pending pending rejected pending");
        var batch = (await Batches.GetAsync(id, Cancel))!;
        (batch.State, batch.FinishedAt).ShouldBe((BatchState.Queued, null));
        var again = await ClaimAsync(process, id);
        again.ShouldAllBe(item => item.Attempts == 0 && item.Unknowns == 0 && item.Unsent == 0 && item.Calls == 1);
        (await Items.BeginAttemptsAsync(process, again, Cancel)).ShouldAllBe(attempt => attempt!.Number == 2);
    }

    [Fact]
    public async Task RetryAsync_NothingToRetry_LeavesTheBatchEnded()
    {
        var process = await RegisterAsync();
        var id = await ImportAsync(1);
        await WorkOffAsync(process, id, (item, attempt) => Succeeded(item, attempt));
        await Batches.TryFinishAsync(id, Cancel);
        var before = await SnapshotAsync(id);
        var nothing = await Batches.RetryAsync(id, [ItemState.Failed, ItemState.Held, ItemState.Rejected], Cancel);
        (nothing.State, nothing.Refusal, nothing.Items, nothing.Note).ShouldBe((BatchState.Completed, null, 0, "No item is failed or held or rejected. The batch has 1 succeeded."));
        (await SnapshotAsync(id)).ShouldBe(before);
    }

    [Fact]
    public async Task RetryAsync_PausedBatch_StaysPaused()
    {
        var process = await RegisterAsync();
        var id = await ImportAsync(1);
        await WorkOffAsync(process, id, (item, attempt) => Failed(item, attempt));
        await Batches.ApplyAsync(id, BatchAction.Pause, Cancel);
        (await Batches.RetryAsync(id, [ItemState.Failed], Cancel)).ShouldBe(new BatchActionResult(true, BatchState.Paused, null, 1));
    }

    [Fact]
    public async Task RetryAsync_CanceledBatch_SaysWhyNot()
    {
        var id = await ImportAsync(1);
        await Batches.ApplyAsync(id, BatchAction.Cancel, Cancel);
        (await Batches.RetryAsync(id, [ItemState.Failed], Cancel)).ShouldBe(new BatchActionResult(true, BatchState.Canceled, "A batch that is canceled has nothing to retry.", 0));
    }

    [Fact]
    public async Task RetryAsync_StateThatIsNoFailure_IsABug() =>
        (await Should.ThrowAsync<ArgumentException>(() => Batches.RetryAsync("any", [ItemState.Succeeded], Cancel))).Message.ShouldStartWith("Items that are succeeded can't be retried.");

    [Fact]
    public async Task TryFinishAsync_OpenItems_NeverEnds()
    {
        var process = await RegisterAsync();
        var id = await ImportAsync(2);
        (await Batches.TryFinishAsync(id, Cancel)).State.ShouldBe(BatchState.Running);
        var (item, attempt) = await BeginOneAsync(process, id);
        await Items.CompleteAsync([Succeeded(item, attempt)], Cancel);
        (await BeginOneAsync(process, id)).Attempt.Number.ShouldBe(1);
        (await StatesAsync(id)).ShouldBe("succeeded sending");
        (await Batches.TryFinishAsync(id, Cancel)).State.ShouldBe(BatchState.Running);
    }

    [Theory]
    [InlineData(ItemState.Succeeded, BatchState.Completed)]
    [InlineData(ItemState.Failed, BatchState.CompletedWithErrors)]
    [InlineData(ItemState.Rejected, BatchState.CompletedWithErrors)]
    [InlineData(ItemState.Held, BatchState.CompletedWithErrors)]
    public async Task TryFinishAsync_AllEnded_EndsByTheWorst(ItemState worst, BatchState expected)
    {
        var process = await RegisterAsync();
        var id = await ImportAsync(2);
        await WorkOffAsync(process, id, (item, attempt) => item.Key == "key-1" && worst != ItemState.Succeeded ? Failed(item, attempt, worst) : Succeeded(item, attempt));
        var batch = await Batches.TryFinishAsync(id, Cancel);
        batch.State.ShouldBe(expected);
        batch.FinishedAt.ShouldNotBeNull();
        (await Batches.TryFinishAsync(id, Cancel)).ShouldBe(batch);
    }

    [Fact]
    public async Task TryFinishAsync_PausedBatch_StaysPaused()
    {
        var id = await ImportAsync(0);
        await Batches.ApplyAsync(id, BatchAction.Pause, Cancel);
        (await Batches.TryFinishAsync(id, Cancel)).State.ShouldBe(BatchState.Paused);
    }

    private async Task<string> InStateAsync(BatchState state)
    {
        var id = await ImportAsync(1);
        await ExecuteAsync(
            "update batch set state = $2, reason = case when $2 = 'halted' then 'store' end, finished_at = case when $3 then now() end where id = $1", id, state.ToName(), state.IsFinal());
        return id;
    }
}
