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
    public async Task ClaimAsync_WhatItemsHaveInCommon_IsHeldOnce()
    {
        var claimed = await ClaimAsync(await RegisterAsync(), await ImportAsync(2));
        claimed[1].Options.ShouldBeSameAs(claimed[0].Options);
        claimed[1].Tags.ShouldBeSameAs(claimed[0].Tags);
        claimed[1].Model.ShouldBeSameAs(claimed[0].Model);
        claimed.Select(item => item.Prompt).ShouldBe([Planned(0).Prompt, Planned(1).Prompt]);
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
        var fresh = new PostgresItemStore(Source, TimeSpan.FromSeconds(uptime + 3600), new BudgetOptions(), Breaker);
        var settled = new PostgresItemStore(Source, TimeSpan.FromSeconds(uptime / 2), new BudgetOptions(), Breaker);
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
        var fresh = new PostgresItemStore(Source, TimeSpan.FromDays(10_000), new BudgetOptions(), Breaker);
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
