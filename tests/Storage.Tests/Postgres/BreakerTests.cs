using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Running;
using Darkroom.Testing.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>A batch whose answers all end alike is halted by whoever writes the answer that makes it certain, and resuming loses nothing.</summary>
public sealed class BreakerTests(DatabaseFixture fixture) : SharedDatabaseTest(fixture)
{
    private static readonly ServiceError Size = new(ErrorClasses.InvalidRequest, "invalid_value", "Unknown size.") { Param = "size" };

    [Fact]
    public async Task CompleteAsync_FirstAnswersAlike_HaltsAndBeginsNothingMore()
    {
        var (process, batch) = await StartAsync(first: 3, items: 6);
        var (items, attempts) = await BeginAsync(process, batch, 5);
        await Items.CompleteAsync([Refused(items[0], attempts[0]), Refused(items[1], attempts[1])], Cancel);
        (await Batches.GetAsync(batch, Cancel))!.State.ShouldBe(BatchState.Running);
        await Items.CompleteAsync([Refused(items[2], attempts[2])], Cancel);

        var halted = (await Batches.GetAsync(batch, Cancel))!;
        (halted.State, halted.Reason).ShouldBe((BatchState.Halted, HaltReasons.RefusedAlike));
        halted.Detail.ShouldBe($"The first 3 answered items all ended alike, and none succeeded: invalid_request/invalid_value (param size): Unknown size. {HaltAdvice.For(HaltReasons.RefusedAlike)}");
        (await ClaimAsync(process, batch)).ShouldBeEmpty();
        (await StatesAsync(batch)).ShouldBe("rejected rejected rejected sending sending pending");

        // Those that were out come back with the same.
        await Items.CompleteAsync([Refused(items[3], attempts[3]), Refused(items[4], attempts[4])], Cancel);
        (await StatesAsync(batch)).ShouldBe("rejected rejected rejected rejected rejected pending");
        var resumed = await Batches.ApplyAsync(batch, BatchAction.Resume, Cancel);
        (resumed.State, resumed.Items, resumed.Note).ShouldBe((BatchState.Queued, 5, "5 items refused by that halt go again."));
        (await StatesAsync(batch)).ShouldBe("pending pending pending pending pending pending");
        (await ScalarAsync<long>("select count(*) from item where batch_id = $1 and attempts = 0 and error is null", batch)).ShouldBe(6);

        await WorkOffAsync(process, batch, (item, attempt) => Succeeded(item, attempt));
        (await Batches.TryFinishAsync(batch, Cancel)).State.ShouldBe(BatchState.Completed);
    }

    [Fact]
    public async Task CompleteAsync_AnswersOfSeveralProcesses_AreCountedTogether()
    {
        var (one, batch) = await StartAsync(first: 4, items: 6);
        var other = await RegisterAsync();
        var (mine, my) = await BeginAsync(one, batch, 3);
        var (theirs, their) = await BeginAsync(other, batch, 3);
        await Task.WhenAll(
            Items.CompleteAsync([Refused(mine[0], my[0]), Refused(mine[1], my[1])], Cancel),
            Items.CompleteAsync([Refused(theirs[0], their[0]), Refused(theirs[1], their[1])], Cancel));
        (await Batches.GetAsync(batch, Cancel))!.Reason.ShouldBe(HaltReasons.RefusedAlike);
    }

    // S: a success, a and b: refusals that differ. Whether and by which words the batch is halted, when 3 at first or 5 in a row are too many.
    [Theory]
    [InlineData("aaa", "The first 3")]
    [InlineData("aaaa", "The first 3")]
    [InlineData("aa", null)]
    [InlineData("aab", null)]
    [InlineData("aabaaaa", null)]
    [InlineData("aabaaaaa", "The last 5")]
    [InlineData("Saaaa", null)]
    [InlineData("Saaaaa", "The last 5")]
    [InlineData("aaSaaaa", null)]
    [InlineData("aaSaaaaa", "The last 5")]
    [InlineData("Sababababab", null)]
    public async Task CompleteAsync_AnyAnswers_HaltByTheFirstOrByTheRow(string answers, string? why)
    {
        foreach (var set in (int[])[1, answers.Length])
        {
            var (process, batch) = await StartAsync(first: 3, inARow: 5, items: answers.Length + 1);
            var (items, attempts) = await BeginAsync(process, batch, answers.Length);
            var completions = answers.Select((answer, at) => answer switch
            {
                'S' => Succeeded(items[at], attempts[at]),
                'a' => Refused(items[at], attempts[at]),
                _ => Refused(items[at], attempts[at]) with { Error = Size with { Param = "quality" } },
            });
            foreach (var chunk in completions.Chunk(set)) await Items.CompleteAsync(chunk, Cancel);
            var ended = (await Batches.GetAsync(batch, Cancel))!;
            ended.Reason.ShouldBe(why is null ? null : HaltReasons.RefusedAlike, $"{answers} in sets of {set}");
            if (why is not null) ended.Detail.ShouldNotBeNull().ShouldStartWith(why);
        }
    }

    [Fact]
    public async Task CompleteAsync_Off_NeverHalts()
    {
        var (process, batch) = await StartAsync(first: 0, inARow: 0, items: 60);
        await WorkOffAsync(process, batch, Refused);
        (await Batches.TryFinishAsync(batch, Cancel)).State.ShouldBe(BatchState.CompletedWithErrors);
    }

    [Fact]
    public async Task CompleteAsync_WhatIsNoAnswer_IsNotCounted()
    {
        var (process, batch) = await StartAsync(first: 2, items: 8);
        var (items, attempts) = await BeginAsync(process, batch, 8);
        await Items.CompleteAsync(
            [
                Refused(items[0], attempts[0]),
                Throttled(items[1], attempts[1], TimeSpan.Zero),
                Failed(items[2], attempts[2], ItemState.Pending),
                // No answer came: unknown, and not sent.
                Refused(items[3], attempts[3]) with { HttpStatus = null, Next = ItemState.Held, AttemptState = AttemptState.Unknown },
                Refused(items[4], attempts[4]) with { HttpStatus = null, Next = ItemState.Pending, AttemptState = AttemptState.NotSent },
                // The claim was lost.
                Refused(items[5] with { LeaseToken = -1 }, attempts[5]),
            ],
            Cancel);
        (await Batches.GetAsync(batch, Cancel))!.State.ShouldBe(BatchState.Running);
        (await ScalarAsync<int>("select run from breaker where batch_id = $1", batch)).ShouldBe(1);
    }

    [Fact]
    public async Task Resume_CallsThatMayHaveBeenPaidFor_GoByPolicyAndAreTold()
    {
        var (process, batch) = await StartAsync(first: 4, items: 5);
        var (items, attempts) = await BeginAsync(process, batch, 4);
        await Items.CompleteAsync(
            [
                Unreadable(items[0], attempts[0], ItemState.Pending), Unreadable(items[1], attempts[1], ItemState.Pending),
                Unreadable(items[2], attempts[2], ItemState.Held), Unreadable(items[3], attempts[3], ItemState.Failed),
            ],
            Cancel);
        (await Batches.GetAsync(batch, Cancel))!.Reason.ShouldBe(HaltReasons.RefusedAlike);
        var resumed = await Batches.ApplyAsync(batch, BatchAction.Resume, Cancel);
        (resumed.Items, resumed.Note).ShouldBe((0,
            "2 items whose call may have been paid for are called once more, by the batch's policy for unknown outcomes. "
            + $"2 items whose call may have been paid for stay as they are: 'darkroom retry {batch} --state held,failed' calls them again."));
        (await StatesAsync(batch)).ShouldBe("pending pending held failed pending");
        (await ClaimAsync(process, batch)).Select(item => item.Unknowns).Order().ShouldBe([0, 1, 1]);
    }

    [Fact]
    public async Task CompleteAsync_CallFromBeforeTheResume_IsPutBackByItself()
    {
        var (process, batch) = await StartAsync(first: 2, items: 5);
        var (items, attempts) = await BeginAsync(process, batch, 4);
        await Items.CompleteAsync([Refused(items[0], attempts[0]), Refused(items[1], attempts[1])], Cancel);
        (await Batches.ApplyAsync(batch, BatchAction.Resume, Cancel)).Items.ShouldBe(2);
        // One ends as all did; the other has a fault of its own.
        await Items.CompleteAsync([Refused(items[2], attempts[2]), Refused(items[3], attempts[3]) with { Error = Size with { Param = "mask" } }], Cancel);
        (await StatesAsync(batch)).ShouldBe("pending pending pending rejected pending");
        (await Batches.GetAsync(batch, Cancel))!.State.ShouldBe(BatchState.Queued);
        // A call made since counts anew.
        var (again, begun) = await BeginAsync(process, batch, 2);
        await Items.CompleteAsync([Refused(again[0], begun[0])], Cancel);
        (await StatesAsync(batch)).ShouldBe("rejected sending pending rejected pending");
    }

    [Fact]
    public async Task Resume_EqualRows_GoOneAfterTheOther()
    {
        var process = await RegisterAsync();
        var batch = NewId();
        (Breaker.First, Breaker.InARow) = (2, 0);
        await Batches.ImportAsync(new NewBatch(batch, "test", BatchDefaults.Empty) { Reuse = ReuseMode.Duplicates }, EqualAsync(3), Cancel);
        for (var at = 0; at < 2; at++) await WorkOffAsync(process, batch, Refused);
        (await Batches.GetAsync(batch, Cancel))!.Reason.ShouldBe(HaltReasons.RefusedAlike);
        (await Batches.ApplyAsync(batch, BatchAction.Resume, Cancel)).Items.ShouldBe(2);
        var (items, attempts) = await BeginAsync(process, batch, 3);
        await Items.CompleteAsync([Succeeded(items.ShouldHaveSingleItem(), attempts[0])], Cancel);
        (await ScalarAsync<long>("select count(*) from item where batch_id = $1 and state = 'reused'", batch)).ShouldBe(2);

        static async IAsyncEnumerable<PlannedItem> EqualAsync(int count)
        {
            await foreach (var item in PlanAsync(count)) yield return item with { Input = Planned(0).Input, Prompt = "All the same" };
        }
    }

    [Theory]
    [InlineData(20, HaltReasons.RefusedAlike)]
    [InlineData(0, "canary")]
    public async Task TryFinishAsync_SampleThatAllEndedAlike_HaltsInsteadOfAskingForApproval(int first, string reason)
    {
        var (process, batch) = await StartAsync(first, inARow: 50, items: 5);
        await ExecuteAsync("update batch set canary = true where id = $1", batch);
        await ExecuteAsync("update item set canary = true where id in (select id from item where batch_id = $1 order by id limit 2)", batch);
        await WorkOffAsync(process, batch, Refused);
        var ended = await Batches.TryFinishAsync(batch, Cancel);
        ended.Reason.ShouldBe(reason);
        if (first == 0) return;
        ended.State.ShouldBe(BatchState.Halted);
        ended.Detail.ShouldNotBeNull().ShouldStartWith("All 2 answered items of the sample ended alike, and none succeeded: invalid_request/invalid_value (param size): Unknown size. Mend");

        (await Batches.ApplyAsync(batch, BatchAction.Resume, Cancel)).Items.ShouldBe(2);
        await WorkOffAsync(process, batch, (item, attempt) => Succeeded(item, attempt));
        (await Batches.TryFinishAsync(batch, Cancel)).Reason.ShouldBe("canary");
    }

    [Fact]
    public async Task Probe_AlikeAgain_HaltsAgainAndASuccessPutsAllBack()
    {
        var (process, batch) = await StartAsync(first: 2, items: 4);
        await WorkSomeAsync(process, batch, 2);
        var why = (await Batches.GetAsync(batch, Cancel))!.Detail;

        await ExecuteAsync("update batch set state = 'running', probing = true where id = $1", batch);
        await WorkOffAsync(process, batch, Refused);
        var again = (await Batches.GetAsync(batch, Cancel))!;
        (again.State, again.Reason, again.Detail).ShouldBe((BatchState.Halted, HaltReasons.RefusedAlike, why));

        await ExecuteAsync("update batch set state = 'running', probing = true where id = $1", batch);
        await WorkOffAsync(process, batch, (item, attempt) => Succeeded(item, attempt));
        var running = (await Batches.GetAsync(batch, Cancel))!;
        (running.State, running.Reason).ShouldBe((BatchState.Running, null));
        (await StatesAsync(batch)).ShouldBe("pending pending pending succeeded");
    }

    [Fact]
    public async Task RetryAsync_OnPurpose_CountsAnew()
    {
        var (process, batch) = await StartAsync(first: 3, items: 2);
        await WorkOffAsync(process, batch, Refused);
        await Batches.TryFinishAsync(batch, Cancel);
        await Batches.RetryAsync(batch, [ItemState.Rejected], Cancel);
        await WorkOffAsync(process, batch, Refused);
        (await Batches.TryFinishAsync(batch, Cancel)).State.ShouldBe(BatchState.CompletedWithErrors);
    }

    [Fact]
    public async Task RetryAsync_NothingFound_SaysWhatItLookedForAndWhatThereIs()
    {
        var (process, batch) = await StartAsync(first: 0, inARow: 0, items: 4);
        var ends = 0;
        await WorkOffAsync(process, batch, (item, attempt) => ++ends > 3 ? Succeeded(item, attempt) : Refused(item, attempt));
        await Batches.TryFinishAsync(batch, Cancel);
        var nothing = await Batches.RetryAsync(batch, [ItemState.Failed, ItemState.Held], Cancel);
        (nothing.Items, nothing.Counts!.Rejected, nothing.Counts.Succeeded).ShouldBe((0, 3, 1));
        nothing.Note.ShouldBe($"No item is failed or held. The batch has 1 succeeded, 3 rejected. 'darkroom retry {batch} --state rejected' puts those back.");
    }

    [Fact]
    public async Task ProveAsync_EndpointAndModel_IsKnownOfThoseAlone()
    {
        var endpoint = $"http://127.0.0.1:1/{NewId()}";
        (await Limits.ProvenAgoAsync(endpoint, Model, Cancel)).ShouldBeNull();
        await Limits.ProveAsync(endpoint, Model, Cancel);
        (await Limits.ProvenAgoAsync(endpoint, Model, Cancel)).ShouldNotBeNull().ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromMinutes(1));
        (await Limits.ProvenAgoAsync(endpoint, "other", Cancel)).ShouldBeNull();
        (await Limits.ProvenAgoAsync(endpoint + "/v2", Model, Cancel)).ShouldBeNull();
        await ExecuteAsync("update proven set at = now() - interval '2 days' where endpoint = $1", endpoint);
        await Limits.ProveAsync(endpoint, Model, Cancel);
        (await Limits.ProvenAgoAsync(endpoint, Model, Cancel))!.Value.ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    private static ItemCompletion Refused(ClaimedItem item, Attempt attempt) =>
        Failed(item, attempt, ItemState.Rejected) with { AttemptState = AttemptState.Rejected, HttpStatus = 400, Error = Size };

    private static ItemCompletion Unreadable(ClaimedItem item, Attempt attempt, ItemState next) => Failed(item, attempt, next) with
    {
        AttemptState = AttemptState.Unknown,
        CountsUnknown = true,
        HttpStatus = 200,
        Error = new ServiceError(ErrorClasses.BadAnswer, "broken_base64", "No base64."),
        Ledger = new LedgerEntry(LedgerKinds.Unconfirmed, new TokenUsage(1, 1, 1, 1), 1, 0.1m, "book-1"),
    };

    private async Task<(long Process, string Batch)> StartAsync(int first, int items, int inARow = 0)
    {
        (Breaker.First, Breaker.InARow) = (first, inARow);
        return (await RegisterAsync(), await ImportAsync(items));
    }

    private async Task<(IReadOnlyList<ClaimedItem> Items, IReadOnlyList<Attempt> Attempts)> BeginAsync(long process, string batch, int most)
    {
        var items = (await ClaimAsync(process, batch, most)).OrderBy(item => item.Id).ToList();
        return (items, [.. (await Items.BeginAttemptsAsync(process, items, Cancel)).Select(attempt => attempt.ShouldNotBeNull())]);
    }

    private async Task WorkSomeAsync(long process, string batch, int most)
    {
        var (items, attempts) = await BeginAsync(process, batch, most);
        await Items.CompleteAsync([.. items.Select((item, at) => Refused(item, attempts[at]))], Cancel);
    }
}
