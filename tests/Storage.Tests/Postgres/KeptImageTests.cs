using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Running;
using Darkroom.Storage.Images;
using Darkroom.Storage.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>Images that a worker kept while the store was away reach their items once, whatever happened in between.</summary>
public sealed class KeptImageTests : OwnDatabaseTest
{
    [Fact]
    public async Task AdoptKeptAsync_HeldItem_SucceedsAndIsBookedOnce()
    {
        var (batch, item, attempt) = await HoldAsync();
        var kept = Kept(item, attempt);
        var insight = new PostgresBatchInsight(Source);
        (await YieldAsync()).ShouldBe(new SpendYield(0, 0.1m, 0.1m), "until then it was paid for nothing");
        (await Items.GetKeptFateAsync(batch, attempt.Id, Cancel)).ShouldBe(KeptFate.Held);

        (await Items.AdoptKeptAsync(batch, kept, Cancel)).ShouldBeTrue();
        (await Items.AdoptKeptAsync(batch, kept, Cancel)).ShouldBeFalse("it has its images");

        (await Items.GetKeptFateAsync(batch, attempt.Id, Cancel)).ShouldBe(KeptFate.Stored);
        (await ScalarAsync<string>(
            """
            select concat_ws(' ', i.state, i.error is null, i.edit_key = $2, a.state, a.error is null, a.http_status, (select count(*) from output where item_id = i.id), (select count(*) from ledger))
            from item i join attempt a on a.item_id = i.id where i.id = $1
            """, item.Id, kept.Metadata.EditKey!)).ShouldBe("succeeded t t adopted t 200 2 1");
        (await YieldAsync()).ShouldBe(new SpendYield(2, 0.1m, 0m));
        await Ledger.FoldAsync(Cancel);
        (await YieldAsync()).ShouldBe(new SpendYield(2, 0.1m, 0m));

        Task<SpendYield> YieldAsync() => insight.GetYieldAsync(new DateOnly(2020, 1, 1), new DateOnly(2120, 1, 1), Cancel);
    }

    [Fact]
    public async Task AdoptKeptAsync_BatchHasEnded_RunsAgainToItsEnd()
    {
        var (batch, item, attempt) = await HoldAsync();
        await ExecuteAsync("update batch set state = 'completed_with_errors', reason = null, detail = null, finished_at = now() where id = $1", batch);

        (await Items.AdoptKeptAsync(batch, Kept(item, attempt), Cancel)).ShouldBeTrue();

        (await Batches.GetAsync(batch, Cancel))!.State.ShouldBe(BatchState.Queued);
        await Jobs.OpenAsync(batch, Cancel);
        (await Batches.TryFinishAsync(batch, Cancel)).State.ShouldBe(BatchState.Completed);
    }

    [Fact]
    public async Task AdoptKeptAsync_BoughtAgainOrRetried_LeavesTheItemAlone()
    {
        var (batch, item, attempt) = await HoldAsync();
        await ExecuteAsync("update item set state = 'pending', error = null, finished_at = null where id = $1", item.Id);
        (await Items.GetKeptFateAsync(batch, attempt.Id, Cancel)).ShouldBe(KeptFate.Open);
        (await Items.AdoptKeptAsync(batch, Kept(item, attempt), Cancel)).ShouldBeFalse();

        await ExecuteAsync("update item set calls = calls + 1 where id = $1", item.Id);
        (await Items.GetKeptFateAsync(batch, attempt.Id, Cancel)).ShouldBe(KeptFate.Unused);
        (await Items.GetKeptFateAsync("b-another-database", attempt.Id, Cancel)).ShouldBe(KeptFate.Unused);
        (await ScalarAsync<long>("select count(*) from output")).ShouldBe(0);
    }

    [Fact]
    public async Task CompleteAsync_RetriedItemTakesItsKeptImages_IsAdoptedAndBooksNothing()
    {
        var (batch, item, attempt) = await HoldAsync();
        await ExecuteAsync("update batch set state = 'running', reason = null, detail = null where id = $1", batch);
        await ExecuteAsync("update item set state = 'pending', error = null, finished_at = null where id = $1", item.Id);
        var again = (await ClaimAsync(await RegisterAsync(), batch)).ShouldHaveSingleItem();
        again.Calls.ShouldBe(1);

        (await Items.CompleteAsync([OutcomePolicy.TakeKept(again, Kept(again, attempt)).Completion], Cancel)).ShouldBe([true]);

        (await ScalarAsync<string>(
            "select concat_ws(' ', i.state, i.calls, a.state, a.http_status, a.request_id, (select count(*) from output), (select count(*) from ledger)) from item i join attempt a on a.item_id = i.id"))
            .ShouldBe("succeeded 1 adopted 200 req_1 2 1");
        (await Items.GetKeptFateAsync(batch, attempt.Id, Cancel)).ShouldBe(KeptFate.Stored);
    }

    [Fact]
    public async Task AdoptAsync_DiedBetweenAnyTwoSteps_EndsWithTheImageStoredOnceAndNothingKept()
    {
        var folder = Directory.CreateTempSubdirectory("darkroom-kept-").FullName;
        try
        {
            var (batch, item, attempt) = await HoldAsync();
            var spool = new KeptImages(Path.Combine(folder, "kept"), 1_000_000, TimeProvider.System);
            var store = new KeepingImageStore(new FileImageStore(Path.Combine(folder, "images")), spool, TimeSpan.Zero, TimeProvider.System, NullLogger<KeepingImageStore>.Instance);
            var adoption = new KeptAdoption(store, Items, TimeProvider.System, NullLogger<KeptAdoption>.Instance);
            var kept = Keep();
            // Died after the store had them.
            await store.StoreAsync(kept, Cancel);

            (await adoption.AdoptAsync(Cancel)).ShouldBe(1);
            spool.List().ShouldBeEmpty();
            // Died after the database had them: the files are there still.
            Keep();
            (await adoption.AdoptAsync(Cancel)).ShouldBe(0);
            spool.List().ShouldBeEmpty();

            (await ScalarAsync<string>("select concat_ws(' ', i.state, (select count(*) from output)) from item i")).ShouldBe("succeeded 1");
            Directory.GetFiles(Path.Combine(folder, "images", batch), "*.png", SearchOption.AllDirectories).ShouldHaveSingleItem();

            KeptAttempt Keep()
            {
                using var image = spool.CreateIncoming();
                image.Write("\x89PNG\r\n and more"u8);
                return spool.Keep(new AttemptPlace(batch, item.OutputName, 1, "png"), new OutputMetadata(attempt.Id, """{"total_tokens": 10}""", 1, "req_1"), [image]);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static AdoptedOutputs Kept(ClaimedItem item, Attempt attempt) => new(
        [Image(item, attempt, 0), Image(item, attempt, 1)], new OutputMetadata(attempt.Id, """{"total_tokens": 10}""", 2, "req_1") { EditKey = Guid.NewGuid(), SourceVersion = Guid.NewGuid() });

    // As a call ends whose images the store doesn't take.
    private async Task<(string Batch, ClaimedItem Item, Attempt Attempt)> HoldAsync()
    {
        var batch = await ImportAsync(1);
        var (item, attempt) = await BeginOneAsync(await RegisterAsync(), batch);
        (await Items.CompleteAsync(
            [
                Succeeded(item, attempt, images: 2, cost: 0.1m) with
                {
                    Next = ItemState.Held,
                    AttemptState = AttemptState.Unknown,
                    CountsUnknown = true,
                    Error = new ServiceError(ErrorClasses.Store, "not_stored", "Away."),
                    HaltReason = HaltReasons.Store,
                    HaltDetail = "Away.",
                    Outputs = [],
                },
            ],
            Cancel)).ShouldBe([true]);
        return (batch, item, attempt);
    }
}
