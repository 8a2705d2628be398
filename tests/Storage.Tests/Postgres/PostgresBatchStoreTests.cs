using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;
using Darkroom.Testing.Postgres;
using Npgsql;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class PostgresBatchStoreTests(DatabaseFixture fixture) : SharedDatabaseTest(fixture)
{
    [Fact]
    public async Task ImportAsync_Items_QueuesTheBatch()
    {
        var before = DateTimeOffset.UtcNow.AddMinutes(-1);
        var id = NewId();
        var defaults = new BatchDefaults("{{a}}", EditOptions.Parse("""{"n":2}"""), new Dictionary<string, string>(StringComparer.Ordinal) { ["k"] = "v" });
        (await Batches.ImportAsync(new NewBatch(id, "Ü 'name'", defaults) { Priority = 9, MaxAttempts = 7, OnUnknown = OnUnknown.Hold }, PlanAsync(3), Cancel)).ShouldBe(3);
        var batch = (await Batches.GetAsync(id, Cancel)).ShouldNotBeNull();
        batch.ShouldBe(new Batch(id, "Ü 'name'", BatchState.Queued, null, null, 9, batch.CreatedAt, null));
        batch.CreatedAt.ShouldBeGreaterThan(before);
        (await ScalarAsync<string>("select concat_ws('|', prompt, options::text, tags::text, on_unknown, max_attempts, item_count) from batch where id = $1", id))
            .ShouldBe("""{{a}}|{"n": 2}|{"k": "v"}|hold|7|3""");
        (await StatesAsync(id)).ShouldBe("pending pending pending");
    }

    [Fact]
    public async Task ImportAsync_ItemsThatThrow_LeavesNoTrace()
    {
        var id = NewId();
        (await Should.ThrowAsync<InvalidDataException>(() => Batches.ImportAsync(new NewBatch(id, "x", BatchDefaults.Empty), BreakAsync(), Cancel))).Message.ShouldBe("row 3");
        (await Batches.GetAsync(id, Cancel)).ShouldBeNull();
        (await ScalarAsync<long>("select count(*) from item where batch_id = $1", id)).ShouldBe(0);

        static async IAsyncEnumerable<PlannedItem> BreakAsync()
        {
            await foreach (var item in PlanAsync(2)) yield return item;
            throw new InvalidDataException("row 3");
        }
    }

    [Fact]
    public async Task ImportAsync_SameKeyTwice_LeavesNoTrace()
    {
        var id = NewId();
        (await Should.ThrowAsync<PostgresException>(() => Batches.ImportAsync(new NewBatch(id, "x", BatchDefaults.Empty), TwiceAsync(), Cancel)))
            .ConstraintName.ShouldBe("item_key");
        (await Batches.GetAsync(id, Cancel)).ShouldBeNull();

        static async IAsyncEnumerable<PlannedItem> TwiceAsync()
        {
            await Task.Yield();
            yield return Planned(0);
            yield return Planned(1) with { Key = "key-1" };
        }
    }

    [Fact]
    public async Task ImportAsync_Canceled_LeavesNoTrace()
    {
        var id = NewId();
        using var stop = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(() => Batches.ImportAsync(new NewBatch(id, "x", BatchDefaults.Empty), StopAsync(), stop.Token));
        (await Batches.GetAsync(id, Cancel)).ShouldBeNull();

        async IAsyncEnumerable<PlannedItem> StopAsync()
        {
            yield return Planned(0);
            await stop.CancelAsync();
            yield return Planned(1);
        }
    }

    [Fact]
    public async Task Get_NoSuchBatch_IsNull()
    {
        (await Batches.GetAsync("no-such", Cancel)).ShouldBeNull();
        (await Batches.GetStatusAsync("no-such", Cancel)).ShouldBeNull();
        (await Batches.ApplyAsync("no-such", BatchAction.Pause, Cancel)).Found.ShouldBeFalse();
        (await Batches.RetryAsync("no-such", [ItemState.Failed], Cancel)).Found.ShouldBeFalse();
        (await Batches.ReadResultsAsync("no-such", Cancel).ToListAsync(Cancel)).ShouldBeEmpty();
        await Should.ThrowAsync<InvalidOperationException>(() => Batches.TryFinishAsync("no-such", Cancel));
    }

    [Fact]
    public async Task GetStatusAsync_MixedOutcomes_CountsRowsAndSumsTheLedger()
    {
        var process = await RegisterAsync();
        var id = await ImportAsync(6);
        var items = await ClaimAsync(process, id, 5);
        var attempts = await Items.BeginAttemptsAsync(process, items.Take(4).ToList(), Cancel);
        await Items.CompleteAsync(
            [
                Succeeded(items[0], attempts[0]!, cost: 0.1000000001m),
                Failed(items[1], attempts[1]!) with { Ledger = new LedgerEntry(LedgerKinds.Unconfirmed, new TokenUsage(50, 60, 70, 80), 1, 0.5m, "book-1") },
                Succeeded(items[2], attempts[2]!, cost: null),
            ],
            Cancel);
        var status = (await Batches.GetStatusAsync(id, Cancel)).ShouldNotBeNull();
        status.Items.ShouldBe(new ItemCounts(Pending: 2, Sending: 1, Succeeded: 2, Reused: 0, Rejected: 0, Failed: 1, Held: 0, Canceled: 0));
        status.Items.Total.ShouldBe(6);
        (status.Tokens, status.CostUsd, status.UnconfirmedUsd, status.Unpriced).ShouldBe((new TokenUsage(2, 4, 6, 8), 0.1000000001m, 0.5m, 1));
        (await Batches.ListAsync(100, Cancel)).Single(other => other.Batch.Id == id).ShouldBe(status);
    }

    [Fact]
    public async Task GetStatusAsync_Estimated_IsPartOfTheCostAndTold()
    {
        var process = await RegisterAsync();
        var id = await ImportAsync(3);
        await WorkOffAsync(process, id, (item, attempt) => item.Key == "key-2"
            ? Succeeded(item, attempt) with { UsageJson = null, Ledger = new LedgerEntry(LedgerKinds.Estimated, new TokenUsage(10, 20, 0, 40), 1, 0.25m, "book-1") }
            : Succeeded(item, attempt, cost: 0.1m));
        var status = (await Batches.GetStatusAsync(id, Cancel)).ShouldNotBeNull();
        (status.Tokens, status.CostUsd, status.EstimatedUsd, status.UnconfirmedUsd, status.Unpriced).ShouldBe((new TokenUsage(12, 24, 6, 48), 0.45m, 0.25m, 0m, 0));
        var results = await Batches.ReadResultsAsync(id, Cancel).ToListAsync(Cancel);
        results.Select(result => (result.CostUsd, result.EstimatedUsd)).ShouldBe([(0.1m, 0m), (0.25m, 0.25m), (0.1m, 0m)]);
    }

    [Fact]
    public async Task ListAsync_Limit_GivesTheNewest()
    {
        var ids = new[] { await ImportAsync(1), await ImportAsync(2), await ImportAsync(1) };
        (await Batches.ListAsync(2, Cancel)).Select(status => status.Batch.Id).ShouldBe([ids[2], ids[1]]);
    }

    [Fact]
    public async Task ReadResultsAsync_MixedOutcomes_TellsEachInManifestOrder()
    {
        var process = await RegisterAsync();
        var id = await ImportAsync(12);
        var items = await ClaimAsync(process, id);
        var attempts = await Items.BeginAttemptsAsync(process, items, Cancel);
        var error = new ServiceError(ErrorClasses.Moderation, "moderation_blocked", "No.") { Type = "image_generation_user_error", Param = "prompt", DetailsJson = """{"stage":"input"}""" };
        await Items.CompleteAsync([Succeeded(items[10], attempts[10]!, images: 2), Failed(items[1], attempts[1]!, ItemState.Rejected) with { Error = error, RequestId = "req_9" }], Cancel);
        var results = await Batches.ReadResultsAsync(id, Cancel).ToListAsync(Cancel);
        results.Select(result => result.Key).ShouldBe(Enumerable.Range(1, 12).Select(n => $"key-{n}"));
        var good = results[10];
        (good.State, good.Attempts, good.Tokens, good.CostUsd, good.UnconfirmedUsd, good.ReusedFrom, good.Error)
            .ShouldBe((ItemState.Succeeded, 1, new TokenUsage(1, 2, 3, 4), 0.0123456789m, 0m, null, null));
        good.Outputs.ShouldBe([Image(items[10], attempts[10]!, 0), Image(items[10], attempts[10]!, 1)]);
        var refused = results[1];
        (refused.State, refused.Attempts, refused.CostUsd).ShouldBe((ItemState.Rejected, 1, 0m));
        refused.Error.ShouldBe(new ItemError(ErrorClasses.Moderation, "moderation_blocked", "No.", "req_9", """{"stage": "input"}"""));
        refused.Outputs.ShouldBeEmpty();
        results[0].State.ShouldBe(ItemState.Sending);
    }

    [Fact]
    public async Task ReadResultsAsync_ReusedItem_ShowsItsSourcesOutputsAtNoCost()
    {
        var process = await RegisterAsync();
        var id = await ImportAsync(2);
        var (item, attempt) = await BeginOneAsync(process, id);
        await Items.CompleteAsync([Succeeded(item, attempt)], Cancel);
        await ExecuteAsync("update item set state = 'reused', reused_from = $2, finished_at = now() where batch_id = $1 and key = 'key-2'", id, item.Id);
        var reused = (await Batches.ReadResultsAsync(id, Cancel).ToListAsync(Cancel))[1];
        (reused.State, reused.ReusedFrom, reused.CostUsd, reused.Tokens).ShouldBe((ItemState.Reused, $"{id}/key-1", 0m, default(TokenUsage)));
        reused.Outputs.ShouldBe([Image(item, attempt, 0)]);
    }
}
