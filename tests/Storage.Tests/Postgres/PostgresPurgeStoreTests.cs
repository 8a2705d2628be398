using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Manifests;
using Darkroom.Storage.Postgres;
using Darkroom.Testing.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class PostgresPurgeStoreTests(DatabaseFixture fixture) : SharedDatabaseTest(fixture)
{
    private PostgresPurgeStore Purges => new(Source);

    [Fact]
    public async Task Purge_EndedBatch_RemovesAllItsRowsAndKeepsTheLedgersSums()
    {
        var batch = await EndedAsync(items: 5);
        var before = await ReportAsync(batch);
        var plan = (await Purges.PlanAsync(batch, Cancel)).ShouldNotBeNull();
        (plan.Items, plan.Outputs, plan.Bytes, plan.Refusal).ShouldBe((5, 5, 5000, null));

        (await Purges.BeginAsync(batch, Cancel)).ShouldBeNull();
        (await Purges.RemoveItemsAsync(batch, 3, Cancel)).ShouldBe(3);
        (await Purges.RemoveItemsAsync(batch, 3, Cancel)).ShouldBe(2);
        (await Purges.RemoveItemsAsync(batch, 3, Cancel)).ShouldBe(0);
        await Purges.RemoveBatchAsync(batch, Cancel);

        (await Batches.GetAsync(batch, Cancel)).ShouldBeNull();
        (await ScalarAsync<long>("select (select count(*) from item where batch_id = $1) + (select count(*) from attempt where batch_id = $1) + (select count(*) from budget where scope = 'batch:' || $1)", batch)).ShouldBe(0);
        (await ScalarAsync<long>("select count(*) from output where path like $1 || '/%'", batch)).ShouldBe(0);
        (await ReportAsync(batch)).ShouldBe(before);
        before.Single().CostUsd.ShouldBe(5 * 0.0123456789m);
    }

    [Fact]
    public async Task RemoveItemsAsync_LedgerRows_KeepWhatRepricingNeeds()
    {
        var batch = NewId();
        var process = await RegisterAsync();
        await Batches.ImportAsync(new NewBatch(batch, "x", BatchDefaults.Empty), new[]
        {
            Planned(0) with { Options = Darkroom.Jobs.Editing.EditOptions.Parse("""{"model":"dall-e-2","size":"512x512","background":"auto"}""") },
        }.ToAsyncEnumerable(), Cancel);
        await WorkOffAsync(process, batch, (item, attempt) => Succeeded(item, attempt));
        await Batches.TryFinishAsync(batch, Cancel);

        await Purges.BeginAsync(batch, Cancel);
        await Purges.RemoveItemsAsync(batch, 10, Cancel);

        var row = (await Ledger.ReadAsync(new LedgerRange(null, null, batch), 0, 10, Cancel)).ShouldHaveSingleItem();
        row.Options.Text("size").ShouldBe("512x512");
        row.Options.Text("background").ShouldBeNull();
    }

    [Theory]
    [InlineData(BatchAction.Pause, "paused")]
    [InlineData(null, "running")]
    public async Task BeginAsync_OpenBatch_IsRefusedWithTheReason(BatchAction? action, string state)
    {
        var batch = await ImportAsync(1);
        if (action is { } asked) await Batches.ApplyAsync(batch, asked, Cancel);

        (await Purges.BeginAsync(batch, Cancel)).ShouldBe($"Batch {batch} is {state}. Only a batch that has ended can be purged; 'darkroom cancel {batch}' ends it.");
        (await Purges.PlanAsync(batch, Cancel)).ShouldNotBeNull().Refusal.ShouldStartWith($"Batch {batch} is {state}.");
        (await Purges.RemoveItemsAsync(batch, 10, Cancel)).ShouldBe(0);
        await Purges.RemoveBatchAsync(batch, Cancel);

        (await StatesAsync(batch)).ShouldBe("pending");
    }

    [Fact]
    public async Task BeginAsync_CanceledWithACallInFlight_IsRefused()
    {
        var batch = await ImportAsync(1);
        await BeginOneAsync(await RegisterAsync(), batch);
        await Batches.ApplyAsync(batch, BatchAction.Cancel, Cancel);

        (await Purges.BeginAsync(batch, Cancel)).ShouldBe($"Batch {batch} still has items in flight; wait until they have ended.");
    }

    [Fact]
    public async Task BeginAsync_ImagesShared_IsRefusedUntilTheOtherBatchIsGone()
    {
        var (source, sharer) = (await EndedAsync(1), await EndedAsync(1));
        await ExecuteAsync("update item set state = 'reused', reused_from = (select id from item where batch_id = $2) where batch_id = $1", sharer, source);

        (await Purges.BeginAsync(source, Cancel)).ShouldBe($"Batch {source} has images that items of batch {sharer} share; purge that one first.");
        (await Purges.FindAsync(TimeSpan.Zero, Cancel)).ShouldNotContain(source);
        await PurgeAsync(sharer);

        (await Purges.BeginAsync(source, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task BeginAsync_Begun_CanOnlyBePurged()
    {
        var batch = NewId();
        var process = await RegisterAsync();
        await Batches.ImportAsync(new NewBatch(batch, "x", BatchDefaults.Empty), PlanAsync(1), Cancel);
        await WorkOffAsync(process, batch, (item, attempt) => Failed(item, attempt));
        await Batches.TryFinishAsync(batch, Cancel);
        await Purges.BeginAsync(batch, Cancel);

        (await Batches.RetryAsync(batch, [ItemState.Failed], Cancel)).Refusal.ShouldBe("A batch that is being purged can't be retried.");
        (await new PostgresResultsStore(Source).ClaimAsync(process, batch, Cancel)).ShouldBeNull();
        (await Purges.BeginAsync(batch, Cancel)).ShouldBeNull();
        (await Batches.GetAsync(batch, Cancel))!.Detail.ShouldBe($"It is being purged; 'darkroom purge {batch}' goes on with it, as a worker does.");
    }

    [Fact]
    public async Task FindAsync_Age_GivesOldBatchesAndThoseWhosePurgeHasBegun()
    {
        var (old, young, begun) = (await EndedAsync(1), await EndedAsync(1), await EndedAsync(1));
        await ExecuteAsync("update batch set finished_at = now() - interval '91 days' where id = $1", old);
        await Purges.BeginAsync(begun, Cancel);

        var due = await Purges.FindAsync(TimeSpan.FromDays(90), Cancel);

        due.ShouldContain(old);
        due.ShouldContain(begun);
        due.ShouldNotContain(young);
        var without = await Purges.FindAsync(age: null, Cancel);
        without.ShouldContain(begun);
        without.ShouldNotContain(old);
    }

    [Fact]
    public async Task ReadStemsAsync_NamesOfATemplate_AreThoseOutsideTheBatchsFolder()
    {
        var batch = NewId();
        await Batches.ImportAsync(new NewBatch(batch, "x", BatchDefaults.Empty), new[]
        {
            Planned(0), Planned(1) with { OutputName = $"/shoes/{batch}/a_" }, Planned(2) with { OutputName = "0/a" }, Planned(3) with { OutputName = "-a" },
        }.ToAsyncEnumerable(), Cancel);

        (await Purges.ReadStemsAsync(batch, Cancel).ToListAsync(Cancel)).ShouldBe([$"shoes/{batch}/a_"]);
    }

    [Fact]
    public async Task TryTakeTurnAsync_AnotherHasIt_IsNullUntilItIsGivenBack()
    {
        await using (var turn = await Purges.TryTakeTurnAsync(Cancel))
        {
            turn.ShouldNotBeNull();
            (await Purges.TryTakeTurnAsync(Cancel)).ShouldBeNull();
        }

        await using var next = await Purges.TryTakeTurnAsync(Cancel);
        next.ShouldNotBeNull();
    }

    [Fact]
    public async Task PlanAsync_NoSuchBatch_IsNull()
    {
        (await Purges.PlanAsync("no-such", Cancel)).ShouldBeNull();
        (await Purges.BeginAsync("no-such", Cancel)).ShouldBe("There is no batch no-such.");
    }

    private async Task<string> EndedAsync(int items)
    {
        var (process, batch) = (await RegisterAsync(), await ImportAsync(items));
        await WorkOffAsync(process, batch, (item, attempt) => Succeeded(item, attempt));
        (await Batches.TryFinishAsync(batch, Cancel)).State.ShouldBe(BatchState.Completed);
        return batch;
    }

    private async Task PurgeAsync(string batch)
    {
        (await Purges.BeginAsync(batch, Cancel)).ShouldBeNull();
        await Purges.RemoveItemsAsync(batch, 1000, Cancel);
        await Purges.RemoveBatchAsync(batch, Cancel);
    }

    private async Task<List<(long Items, TokenUsage Tokens, decimal CostUsd, decimal Unconfirmed)>> ReportAsync(string batch) =>
        [.. (await Ledger.ReportAsync([new ReportDimension(ReportDimensionKind.Batch)], null, null, Cancel))
            .Where(row => row.Keys["batch"] == batch).Select(row => (row.Items, row.Tokens, row.CostUsd, row.UnconfirmedUsd))];
}
