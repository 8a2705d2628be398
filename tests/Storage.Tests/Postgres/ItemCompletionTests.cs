using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Running;
using Darkroom.Testing.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>What a call came to is written once, whole, and by whoever holds the item.</summary>
public sealed class ItemCompletionTests(DatabaseFixture fixture) : SharedDatabaseTest(fixture)
{
    [Fact]
    public async Task CompleteAsync_Success_WritesEverythingAtOnce()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        var (item, attempt) = await BeginOneAsync(process, batch);
        (await Items.CompleteAsync([Succeeded(item, attempt, images: 2)], Cancel)).ShouldBe([true]);
        (await ScalarAsync<string>(
            "select concat_ws(' ', state, calls, attempts, unknowns, unsent, lease_owner is null, lease_token is null, error is null, finished_at is not null) from item where id = $1", item.Id))
            .ShouldBe("succeeded 1 1 0 0 t t t t");
        (await ScalarAsync<string>("select concat_ws(' ', state, finished_at is not null, http_status, request_id, error is null, usage) from attempt where id = $1", attempt.Id))
            .ShouldBe("""succeeded t 200 req_1 t {"total_tokens": 10}""");
        (await ScalarAsync<string>("select string_agg(concat_ws(' ', number, path, bytes, format, width, height), ', ' order by number) from output where attempt_id = $1", attempt.Id))
            .ShouldBe($"0 {batch}/out/key-1-1.png 1000 png 64 48, 1 {batch}/out/key-1-2.png 1001 png 64");
        (await ScalarAsync<string>(
            """
            select concat_ws(' ', item_id = $2, batch_id = $3, kind, model, "user" is null, tags, usage,
                             input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens, images, cost_usd, price_book)
            from ledger where attempt_id = $1
            """, attempt.Id, item.Id, batch))
            .ShouldBe("""t t reported gpt-image-2 t {"brand": "acme"} {"total_tokens": 10} 1 2 3 4 2 0.0123456789 book-1""");
    }

    [Fact]
    public async Task CompleteAsync_EveryOtherOutcome_WritesItsRow()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(6);
        var items = await ClaimAsync(process, batch);
        var attempts = await Items.BeginAttemptsAsync(process, items, Cancel);
        var unconfirmed = new LedgerEntry(LedgerKinds.Unconfirmed, new TokenUsage(5, 6, 7, 8), 2, 0.25m, "book-1");
        (await Items.CompleteAsync(
            [
                Failed(items[0], attempts[0]!, ItemState.Rejected) with { AttemptState = AttemptState.Rejected, HttpStatus = 400 },
                Throttled(items[1], attempts[1]!, TimeSpan.FromSeconds(90)),
                Failed(items[2], attempts[2]!, ItemState.Pending) with { RetryDelay = TimeSpan.FromSeconds(30) },
                Failed(items[3], attempts[3]!, ItemState.Pending) with { AttemptState = AttemptState.NotSent, SpendsAttempt = false, CountsUnsent = true, HttpStatus = null },
                Failed(items[4], attempts[4]!, ItemState.Held) with { AttemptState = AttemptState.Unknown, CountsUnknown = true, Ledger = unconfirmed, HttpStatus = null },
                Succeeded(items[5], attempts[5]!) with { AttemptState = AttemptState.Adopted, UsageJson = null, Ledger = unconfirmed with { Kind = LedgerKinds.Unreported } },
            ],
            Cancel)).ShouldAllBe(held => held);
        (await ScalarAsync<string>(
            """
            select string_agg(concat_ws(' ', i.state, i.attempts, i.unknowns, i.unsent, i.error ->> 'class',
                                        round(extract(epoch from case when i.state = 'pending' then i.not_before - a.finished_at end)),
                                        '/', a.state, a.http_status, a.error ->> 'class', '/', l.kind, l.cost_usd), E'\n' order by i.id)
            from item i join attempt a on a.item_id = i.id left join ledger l on l.attempt_id = a.id where i.batch_id = $1
            """, batch)).ShouldBe(
            """
            rejected 1 0 0 server_error / rejected 400 server_error /
            pending 0 0 0 90 / throttled 429 throttled /
            pending 1 0 0 server_error 30 / server_failed 500 server_error /
            pending 0 0 1 server_error 0 / not_sent server_error /
            held 1 1 0 server_error / unknown server_error / unconfirmed 0.2500000000
            succeeded 1 0 0 / adopted 200 / unreported 0.2500000000
            """);
    }

    [Fact]
    public async Task CompleteAsync_SentAgain_ForgetsUnsentAndOldErrors()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        var (item, attempt) = await BeginOneAsync(process, batch);
        await Items.CompleteAsync([Failed(item, attempt, ItemState.Pending) with { CountsUnsent = true }], Cancel);
        (item, attempt) = await BeginOneAsync(process, batch);
        (item.Unsent, attempt.Number).ShouldBe((1, 2));
        await Items.CompleteAsync([Succeeded(item, attempt)], Cancel);
        (await ScalarAsync<string>("select concat_ws(' ', state, calls, attempts, unsent, error is null) from item where id = $1", item.Id)).ShouldBe("succeeded 2 2 0 t");
    }

    [Fact]
    public async Task CompleteAsync_StaleToken_ChangesNothing()
    {
        var frozen = await RegisterAsync();
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        var (stale, attempt) = await BeginOneAsync(frozen, batch);
        await DieAsync(frozen);
        (await ClaimAsync(process, batch)).ShouldHaveSingleItem();
        var before = await SnapshotAsync(batch);
        (await Items.CompleteAsync([Succeeded(stale, attempt)], Cancel)).ShouldBe([false]);
        (await Items.CompleteAsync([Failed(stale, attempt) with { Ledger = new LedgerEntry(LedgerKinds.Unconfirmed, default, 1, 1m, "b") }], Cancel)).ShouldBe([false]);
        (await Items.CompleteAsync([Halted(stale, attempt, HaltReasons.Quota)], Cancel)).ShouldBe([false]);
        await Items.ReleaseAsync([stale], Cancel);
        await Items.DisownAsync(stale, Cancel);
        (await SnapshotAsync(batch)).ShouldBe(before);
    }

    [Fact]
    public async Task CompleteAsync_Twice_ChangesNothingTheSecondTime()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        var (item, attempt) = await BeginOneAsync(process, batch);
        await Items.CompleteAsync([Succeeded(item, attempt)], Cancel);
        var before = await SnapshotAsync(batch);
        (await Items.CompleteAsync([Succeeded(item, attempt)], Cancel)).ShouldBe([false]);
        (await SnapshotAsync(batch)).ShouldBe(before);
    }

    [Fact]
    public async Task CompleteAsync_MixedSet_TellsForEachInOrder()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(3);
        var items = await ClaimAsync(process, batch);
        var attempts = await Items.BeginAttemptsAsync(process, items, Cancel);
        var lost = items[1] with { LeaseToken = -1 };
        (await Items.CompleteAsync([Succeeded(items[2], attempts[2]!), Succeeded(lost, attempts[1]!), Throttled(items[0], attempts[0]!, TimeSpan.Zero)], Cancel)).ShouldBe([true, false, true]);
        (await StatesAsync(batch)).ShouldBe("pending sending succeeded");
    }

    [Fact]
    public async Task CompleteAsync_OneThatBreaksAPromise_WritesNoneOfTheSet()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(2);
        var items = await ClaimAsync(process, batch);
        var attempts = await Items.BeginAttemptsAsync(process, items, Cancel);
        var before = await SnapshotAsync(batch);
        (await Should.ThrowAsync<Npgsql.PostgresException>(() => Items.CompleteAsync([Succeeded(items[0], attempts[0]!), Failed(items[1], attempts[1]!) with { Error = null }], Cancel)))
            .ConstraintName.ShouldBe("item_refused_has_error");
        (await SnapshotAsync(batch)).ShouldBe(before);
    }

    [Fact]
    public async Task CompleteAsync_Halt_StopsTheBatchInTheSameTransaction()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(2);
        var other = await ImportAsync(1);
        var (item, attempt) = await BeginOneAsync(process, batch);
        await Items.CompleteAsync([Halted(item, attempt, HaltReasons.Quota)], Cancel);
        var halted = (await Batches.GetAsync(batch, Cancel))!;
        (halted.State, halted.Reason, halted.Detail, halted.FinishedAt).ShouldBe((BatchState.Halted, "quota", "No money. Pay.", null));
        (await StatesAsync(batch)).ShouldBe("pending pending");
        (await ScalarAsync<string>("select concat_ws(' ', attempts, error is null) from item where id = $1", item.Id)).ShouldBe("0 t");
        (await ClaimAsync(process, batch)).ShouldBeEmpty();
        (await Batches.GetAsync(other, Cancel))!.State.ShouldBe(BatchState.Running);
    }

    [Fact]
    public async Task CompleteAsync_HaltOfAPausedBatch_LeavesItPaused()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        var (item, attempt) = await BeginOneAsync(process, batch);
        await Batches.ApplyAsync(batch, BatchAction.Pause, Cancel);
        (await Items.CompleteAsync([Halted(item, attempt, HaltReasons.Quota)], Cancel)).ShouldBe([true]);
        (await Batches.GetAsync(batch, Cancel))!.State.ShouldBe(BatchState.Paused);
    }

    [Theory]
    [InlineData("a\0b", "a\uFFFDb")]
    [InlineData("emoji 🎞 and \u2028 and \"quotes\" and \\u0041", "emoji 🎞 and \u2028 and \"quotes\" and \\u0041")]
    public async Task CompleteAsync_AwkwardMessage_IsKept(string said, string kept)
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        await WorkOffAsync(process, batch, (item, attempt) => Failed(item, attempt) with { Error = new ServiceError("server_error", "c", said) { DetailsJson = """{"a":"\u0000"}""" } });
        (await Batches.ReadResultsAsync(batch, Cancel).SingleAsync(Cancel)).Error!.Message.ShouldBe(kept);
    }

    [Fact]
    public async Task CompleteAsync_HalfACharacter_IsReplaced()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        // Not a constant: an attribute or a literal can't hold half a character.
        var said = string.Concat((char)0xD83C, " alone");
        await WorkOffAsync(process, batch, (item, attempt) => Failed(item, attempt) with { Error = new ServiceError("server_error", "c", said) });
        (await Batches.ReadResultsAsync(batch, Cancel).SingleAsync(Cancel)).Error!.Message.ShouldBe("\uFFFD alone");
    }
}
