using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Running;
using Darkroom.Storage.Postgres;
using Darkroom.Testing.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class PostgresItemStoreTests(DatabaseFixture fixture) : SharedDatabaseTest(fixture)
{
    [Fact]
    public async Task ClaimAsync_FreshItems_GivesThemWholeInManifestOrder()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(3, onUnknown: OnUnknown.Hold, maxAttempts: 4);
        var claimed = await ClaimAsync(process, batch, 2);
        claimed.Select(item => item.Key).ShouldBe(["key-1", "key-2"]);
        var (item, planned) = (claimed[1], Planned(1));
        item.Input.Images.ShouldBe(planned.Input.Images);
        item.Input.Mask.ShouldBe(planned.Input.Mask);
        item.Tags.ShouldBe(planned.Tags);
        (item.BatchId, item.State, item.Model, item.Prompt, item.Options, item.OutputName).ShouldBe((batch, ItemState.Pending, Model, planned.Prompt, planned.Options, "out/key-2"));
        (item.Calls, item.Attempts, item.Unknowns, item.Unsent, item.OnUnknown, item.MaxAttempts).ShouldBe((0, 0, 0, 0, OnUnknown.Hold, 4));
        (await ClaimAsync(process, batch)).ShouldHaveSingleItem().Key.ShouldBe("key-3");
        (await ClaimAsync(process, batch)).ShouldBeEmpty();
    }

    [Fact]
    public async Task ClaimAsync_Quotas_GoByBatch()
    {
        var process = await RegisterAsync();
        var (one, other) = (await ImportAsync(5), await ImportAsync(5));
        var claimed = await Items.ClaimAsync(process, [new ClaimQuota(one, 2), new ClaimQuota(other, 3), new ClaimQuota("no-such", 9)], Cancel);
        claimed.CountBy(item => item.BatchId).ToDictionary().ShouldBe(new Dictionary<string, int>(StringComparer.Ordinal) { [one] = 2, [other] = 3 }, ignoreOrder: true);
    }

    [Fact]
    public async Task ClaimAsync_NotDueYet_GivesNothing()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(2);
        var (item, attempt) = await BeginOneAsync(process, batch);
        await Items.CompleteAsync([Throttled(item, attempt, TimeSpan.FromMinutes(5))], Cancel);
        (await ClaimAsync(process, batch)).ShouldHaveSingleItem().Key.ShouldBe("key-2");
        await ExecuteAsync("update item set not_before = now() where id = $1", item.Id);
        (await ClaimAsync(process, batch)).ShouldHaveSingleItem().Key.ShouldBe("key-1");
    }

    [Theory]
    [InlineData(BatchAction.Pause)]
    [InlineData(BatchAction.Cancel)]
    public async Task ClaimAsync_StoppedBatch_GivesNothingFreshButWhatTheDeadLeft(BatchAction action)
    {
        var dead = await RegisterAsync();
        var process = await RegisterAsync();
        var batch = await ImportAsync(3);
        var (item, _) = await BeginOneAsync(dead, batch);
        await Batches.ApplyAsync(batch, action, Cancel);
        (await ClaimAsync(process, batch)).ShouldBeEmpty();
        await DieAsync(dead);
        var recovered = (await ClaimAsync(process, batch)).ShouldHaveSingleItem();
        (recovered.Id, recovered.State, recovered.Calls).ShouldBe((item.Id, ItemState.Sending, 1));
        recovered.LeaseToken.ShouldBeGreaterThan(item.LeaseToken);
        var attempt = await Items.GetOpenAttemptAsync(recovered, Cancel);
        (await Items.CompleteAsync([Succeeded(recovered, attempt)], Cancel)).ShouldBe([true]);
    }

    [Fact]
    public async Task ClaimAsync_DeadProcess_GivesItsItemsFirst()
    {
        var dead = await RegisterAsync();
        var process = await RegisterAsync();
        var batch = await ImportAsync(4);
        await ExecuteAsync("update item set not_before = now() + interval '1 hour' where batch_id = $1 and key in ('key-1', 'key-2')", batch);
        await ClaimAsync(dead, batch, 2);
        await ExecuteAsync("update item set not_before = '-infinity' where batch_id = $1 and key in ('key-1', 'key-2')", batch);
        (await ClaimAsync(process, batch, 1)).ShouldHaveSingleItem().Key.ShouldBe("key-1");
        await DieAsync(dead);
        (await ClaimAsync(process, batch, 2)).Select(item => item.Key).ShouldBe(["key-3", "key-4"]);
    }

    [Fact]
    public async Task ClaimAsync_LiveProcess_KeepsItsItems()
    {
        var other = await RegisterAsync();
        var process = await RegisterAsync();
        var batch = await ImportAsync(2);
        await ClaimAsync(other, batch);
        (await ClaimAsync(process, batch)).ShouldBeEmpty();
    }

    [Fact]
    public async Task ClaimAsync_ServerJustRestarted_LeavesTheSilentTimeToComeBack()
    {
        var uptime = await ScalarAsync<double>("select extract(epoch from now() - pg_postmaster_start_time())::double precision");
        var fresh = new PostgresItemStore(Source, TimeSpan.FromSeconds(uptime + 3600));
        var settled = new PostgresItemStore(Source, TimeSpan.FromSeconds(uptime / 2));
        var silent = await RegisterAsync();
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        await ClaimAsync(silent, batch);
        await DieAsync(silent);
        (await fresh.ClaimAsync(process, [new ClaimQuota(batch, 9)], Cancel)).ShouldBeEmpty();
        (await settled.ClaimAsync(process, [new ClaimQuota(batch, 9)], Cancel)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task ClaimAsync_RetiredProcessOnAFreshServer_FreesItsItemsAtOnce()
    {
        var fresh = new PostgresItemStore(Source, TimeSpan.FromDays(10_000));
        var retired = await RegisterAsync();
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        await ClaimAsync(retired, batch);
        await Processes.RetireAsync(retired, Cancel);
        (await fresh.ClaimAsync(process, [new ClaimQuota(batch, 9)], Cancel)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task BeginAttemptsAsync_Claimed_WritesAnAttemptEach()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(2);
        var items = await ClaimAsync(process, batch);
        var attempts = await Items.BeginAttemptsAsync(process, items, Cancel);
        attempts.Select(attempt => attempt!.Number).ShouldBe([1, 1]);
        (await StatesAsync(batch)).ShouldBe("sending sending");
        (await ScalarAsync<string>("select string_agg(state || ' ' || process_id, ', ' order by item_id) from attempt where batch_id = $1", batch))
            .ShouldBe($"sending {process}, sending {process}");
        (await Items.GetOpenAttemptAsync(items[1], Cancel)).ShouldBe(attempts[1]);
    }

    [Fact]
    public async Task BeginAttemptsAsync_ClaimLost_GivesNullForThatOne()
    {
        var frozen = await RegisterAsync();
        var process = await RegisterAsync();
        var batch = await ImportAsync(2);
        var stale = await ClaimAsync(frozen, batch, 1);
        await DieAsync(frozen);
        var taken = await ClaimAsync(process, batch, 1);
        var mine = await ClaimAsync(process, batch, 1);
        var before = await SnapshotAsync(batch);
        (await Items.BeginAttemptsAsync(frozen, stale, Cancel)).ShouldBe([null]);
        (await SnapshotAsync(batch)).ShouldBe(before);
        var attempts = await Items.BeginAttemptsAsync(process, [stale[0], mine[0]], Cancel);
        attempts[0].ShouldBeNull();
        attempts[1].ShouldNotBeNull();
        taken[0].Id.ShouldBe(stale[0].Id);
    }

    [Fact]
    public async Task BeginAttemptsAsync_BegunBefore_GivesNull()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        var (item, _) = await BeginOneAsync(process, batch);
        (await Items.BeginAttemptsAsync(process, [item], Cancel)).ShouldBe([null]);
    }

    [Fact]
    public async Task GetOpenAttemptAsync_NoneOpen_IsABug()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        var item = (await ClaimAsync(process, batch))[0];
        (await Should.ThrowAsync<InvalidOperationException>(() => Items.GetOpenAttemptAsync(item, Cancel))).Message.ShouldBe($"Item {item.Id} is sending without an open attempt.");
    }

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

    [Fact]
    public async Task ReleaseAsync_ClaimedItems_FreesThemUnchanged()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(2);
        var before = await SnapshotAsync(batch);
        var items = await ClaimAsync(process, batch);
        await Items.ReleaseAsync(items, Cancel);
        await Items.ReleaseAsync(items, Cancel);
        (await SnapshotAsync(batch)).ShouldBe(before);
    }

    [Fact]
    public async Task ReleaseAsync_BegunAttempt_ClosesItAsNotSent()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        var (item, attempt) = await BeginOneAsync(process, batch);
        await Items.ReleaseAsync([item], Cancel);
        (await StatesAsync(batch)).ShouldBe("pending");
        (await ScalarAsync<string>("select concat_ws(' ', state, error ->> 'code') from attempt where id = $1", attempt.Id)).ShouldBe("not_sent given_up");
        (await BeginOneAsync(process, batch)).Attempt.Number.ShouldBe(2);
    }

    [Fact]
    public async Task DisownAsync_SendingItem_IsRecoveredByWhoeverClaimsNext()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        var (item, attempt) = await BeginOneAsync(process, batch);
        await Items.DisownAsync(item, Cancel);
        var again = (await ClaimAsync(process, batch)).ShouldHaveSingleItem();
        again.State.ShouldBe(ItemState.Sending);
        (await Items.GetOpenAttemptAsync(again, Cancel)).ShouldBe(attempt);
    }

    [Fact]
    public async Task GetOutlookAsync_TellsWhatIsLeft()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        var fresh = await Items.GetOutlookAsync(batch, Cancel);
        (fresh.NextIn, fresh.Leased, fresh.Batch.State).ShouldBe((TimeSpan.Zero, false, BatchState.Running));
        var (item, attempt) = await BeginOneAsync(process, batch);
        var busy = await Items.GetOutlookAsync(batch, Cancel);
        (busy.NextIn, busy.Leased).ShouldBe((null, true));
        await Items.CompleteAsync([Throttled(item, attempt, TimeSpan.FromMinutes(5))], Cancel);
        var waiting = await Items.GetOutlookAsync(batch, Cancel);
        waiting.NextIn.ShouldNotBeNull().ShouldBeInRange(TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
        waiting.Leased.ShouldBeFalse();
        await Batches.ApplyAsync(batch, BatchAction.Cancel, Cancel);
        var over = await Items.GetOutlookAsync(batch, Cancel);
        (over.NextIn, over.Leased, over.Batch.State).ShouldBe((null, false, BatchState.Canceled));
        await Should.ThrowAsync<InvalidOperationException>(() => Items.GetOutlookAsync("no-such", Cancel));
    }
}
