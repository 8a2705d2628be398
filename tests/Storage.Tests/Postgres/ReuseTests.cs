using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Running;
using Darkroom.Storage.Postgres;
using Darkroom.Testing.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>Equal rows of a batch, and what earlier batches paid for.</summary>
public sealed class ReuseTests(DatabaseFixture fixture) : SharedDatabaseTest(fixture)
{
    private static readonly Guid Version = Guid.Parse("aaaaaaaa-0000-0000-0000-000000000001");

    [Fact]
    public async Task Import_EqualRows_OnlyTheFirstIsClaimed()
    {
        var batch = await ImportAsync("a", "a", "b", "a");
        var claimed = await ClaimAsync(await RegisterAsync(), batch);
        claimed.Select(item => (item.Key, item.HasDuplicates)).ShouldBe([("k0", true), ("k2", true)]);
        claimed[0].Fingerprint.ShouldBe(Planned(0, "a").Fingerprint);
    }

    [Fact]
    public async Task Complete_First_SharesItsImagesWithTheOthersAtNoCost()
    {
        var batch = await ImportAsync("a", "a", "b", "a");
        await WorkOffAsync(await RegisterAsync(), batch, (item, attempt) => Succeeded(item, attempt));

        (await StatesAsync(batch)).ShouldBe("succeeded reused succeeded reused");
        (await Batches.TryFinishAsync(batch, Cancel)).State.ShouldBe(BatchState.Completed);
        var results = await Batches.ReadResultsAsync(batch, Cancel).ToListAsync(Cancel);
        results.Select(item => (item.Key, item.ReusedFrom, item.CostUsd, item.Outputs.SingleOrDefault()?.Path)).ShouldBe(
        [
            ("k0", null, 0.0123456789m, results[0].Outputs[0].Path), ("k1", $"{batch}/k0", 0m, results[0].Outputs[0].Path),
            ("k2", null, 0.0123456789m, results[2].Outputs[0].Path), ("k3", $"{batch}/k0", 0m, results[0].Outputs[0].Path),
        ]);
    }

    [Theory]
    [InlineData(ItemState.Failed)]
    [InlineData(ItemState.Rejected)]
    [InlineData(ItemState.Held)]
    public async Task Complete_FirstWithoutImages_LetsTheNextOneTry(ItemState end)
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync("a", "a", "a");
        await WorkOffAsync(process, batch, (item, attempt) => Failed(item, attempt, end));
        (await StatesAsync(batch)).ShouldBe($"{end.ToName()} pending pending");

        await WorkOffAsync(process, batch, (item, attempt) => Succeeded(item, attempt));

        (await StatesAsync(batch)).ShouldBe($"{end.ToName()} succeeded reused");
    }

    [Fact]
    public async Task Complete_FirstToBeTriedAgain_KeepsTheOthersWaiting()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync("a", "a");
        await WorkOffAsync(process, batch, (item, attempt) => Throttled(item, attempt, TimeSpan.Zero));
        (await ClaimAsync(process, batch)).ShouldHaveSingleItem().Key.ShouldBe("k0");
    }

    [Fact]
    public async Task Outlook_OnlyWaitingRowsUnclaimed_IsNothingThatTimeBrings()
    {
        var batch = await ImportAsync("a", "a");
        await ClaimAsync(await RegisterAsync(), batch);
        var outlook = await Items.GetOutlookAsync(batch, Cancel);
        (outlook.NextIn, outlook.Leased).ShouldBe((null, true));
    }

    [Fact]
    public async Task Import_Forced_EveryRowIsClaimed()
    {
        var batch = await ImportAsync(ReuseMode.None, "a", "a");
        (await ClaimAsync(await RegisterAsync(), batch)).Select(item => (item.Reuse, item.HasDuplicates)).ShouldBe([(ReuseMode.None, false), (ReuseMode.None, false)]);
    }

    [Fact]
    public async Task Cancel_WaitingRows_AreCanceled()
    {
        var batch = await ImportAsync("a", "a");
        await Batches.ApplyAsync(batch, BatchAction.Cancel, Cancel);
        (await StatesAsync(batch)).ShouldBe("canceled canceled");
    }

    [Fact]
    public async Task Retry_EqualRows_OneGoesFirst()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync("a", "a", "b");
        for (var round = 0; round < 2; round++) await WorkOffAsync(process, batch, (item, attempt) => Failed(item, attempt));
        (await StatesAsync(batch)).ShouldBe("failed failed failed");

        (await Batches.RetryAsync(batch, [ItemState.Failed], Cancel)).Items.ShouldBe(3);

        (await ClaimAsync(process, batch)).Select(item => item.Key).ShouldBe(["k0", "k2"]);
    }

    [Fact]
    public async Task Retry_WhileAnEqualRowIsAtWork_Waits()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync("a", "a");
        await WorkOffAsync(process, batch, (item, attempt) => Failed(item, attempt));
        (await ClaimAsync(process, batch)).ShouldHaveSingleItem().Key.ShouldBe("k1");

        await Batches.RetryAsync(batch, [ItemState.Failed], Cancel);

        (await ClaimAsync(process, batch)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("another prompt", 1)]
    public async Task RetryItem_WhileAnEqualRowIsAtWork_WaitsUnlessItAsksForSomethingElse(string? prompt, int claimable)
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync("a", "a");
        var first = (await ClaimAsync(process, batch)).ShouldHaveSingleItem();
        var attempt = (await Items.BeginAttemptsAsync(process, [first], Cancel))[0]!;
        await Items.CompleteAsync([Failed(first, attempt)], Cancel);
        (await ClaimAsync(process, batch)).ShouldHaveSingleItem().Key.ShouldBe("k1");

        (await Batches.RetryItemAsync(first.Id, prompt, new Darkroom.Jobs.Access.Actor("test", "test"), Cancel)).Items.ShouldBe(1);

        (await ClaimAsync(process, batch)).Count.ShouldBe(claimable);
    }

    [Fact]
    public async Task Find_SameKeyAndVersion_IsFoundAcrossBatches()
    {
        var (item, key) = await BuyAsync("find", Version);
        var found = (await FindAsync(new ReuseQuery("other", key, Version, Earlier: true))).ShouldNotBeNull();
        found.ItemId.ShouldBe(item.Id);
        found.Outputs.ShouldBe([new StoredPath(new AttemptPlace(item.BatchId, item.OutputName, 1, "png").PathOf(0), 1000)]);
    }

    [Fact]
    public async Task Find_Newest_Wins()
    {
        await BuyAsync("newest", Version);
        var (second, key) = await BuyAsync("newest", Version);
        (await FindAsync(new ReuseQuery("other", key, Version, Earlier: true)))!.ItemId.ShouldBe(second.Id);
    }

    [Fact]
    public async Task Find_WhatDoesNotFit_IsNotFound()
    {
        var (item, key) = await BuyAsync("fit", Version);
        var other = Guid.NewGuid();
        (await FindAsync(new ReuseQuery("other", key, other, Earlier: true))).ShouldBeNull();
        (await FindAsync(new ReuseQuery("other", other, Version, Earlier: true))).ShouldBeNull();
        (await FindAsync(new ReuseQuery("other", key, Version, Earlier: false))).ShouldBeNull();
        (await FindAsync(new ReuseQuery(item.BatchId, key, other, Earlier: false)))!.ItemId.ShouldBe(item.Id);
        (await FindAsync(new ReuseQuery("other", key, null, Earlier: true)))!.ItemId.ShouldBe(item.Id);
    }

    [Fact]
    public async Task Find_BoughtWithAnUnknownVersion_FitsNoKnownOne()
    {
        var (_, key) = await BuyAsync("unknown", null);
        (await FindAsync(new ReuseQuery("other", key, Version, Earlier: true))).ShouldBeNull();
        (await FindAsync(new ReuseQuery("other", key, null, Earlier: true))).ShouldNotBeNull();
    }

    [Fact]
    public async Task Find_SeveralAtOnce_AnswersInOrder()
    {
        var (item, key) = await BuyAsync("several", Version);
        var none = new ReuseQuery("other", Guid.NewGuid(), Version, Earlier: true);
        (await new PostgresReuseStore(Source).FindAsync([none, new ReuseQuery("other", key, Version, Earlier: true), none], Cancel))
            .Select(found => found?.ItemId).ShouldBe([null, item.Id, null]);
    }

    [Fact]
    public async Task Complete_Reused_HasItsSourceAndNoAttempt()
    {
        var (source, _) = await BuyAsync("reused", Version);
        var process = await RegisterAsync();
        var batch = await ImportAsync(ReuseMode.Earlier, "reused");
        var item = (await ClaimAsync(process, batch)).ShouldHaveSingleItem();

        (await Items.CompleteAsync([OutcomePolicy.Reuse(item, new EarlierEdit(source.Id, [])).Completion], Cancel)).ShouldBe([true]);

        (await StatesAsync(batch)).ShouldBe("reused");
        var result = (await Batches.ReadResultsAsync(batch, Cancel).ToListAsync(Cancel)).ShouldHaveSingleItem();
        (result.Attempts, result.CostUsd, result.ReusedFrom, result.Outputs.Count).ShouldBe((0, 0m, $"{source.BatchId}/k0", 1));
        (await ScalarAsync<long>("select count(*) from attempt where batch_id = $1", batch)).ShouldBe(0);
    }

    private static PlannedItem Planned(int at, string what) => Planned(at) with
    {
        Key = $"k{at}",
        Input = new EditInput([ImageReference.Url($"http://127.0.0.1/{what}.png")], null),
        Prompt = what,
    };

    private Task<string> ImportAsync(params string[] rows) => ImportAsync(ReuseMode.Duplicates, rows);

    private async Task<string> ImportAsync(ReuseMode mode, params string[] rows)
    {
        var id = NewId();
        await Batches.ImportAsync(new NewBatch(id, "test", BatchDefaults.Empty) { Reuse = mode }, rows.Select((what, at) => Planned(at, what)).ToAsyncEnumerable(), Cancel);
        await Jobs.OpenAsync(id, Cancel);
        return id;
    }

    private async Task<(ClaimedItem Item, Guid Key)> BuyAsync(string what, Guid? version)
    {
        var key = EditFingerprint.At(Planned(0, what).Fingerprint, "http://127.0.0.1/v1");
        var process = await RegisterAsync();
        var batch = await ImportAsync(what);
        var (item, attempt) = await BeginOneAsync(process, batch);
        await Items.CompleteAsync([Succeeded(item with { EditKey = key, SourceVersion = version }, attempt)], Cancel);
        return (item, key);
    }

    private async Task<EarlierEdit?> FindAsync(ReuseQuery query) => (await new PostgresReuseStore(Source).FindAsync([query], Cancel)).ShouldHaveSingleItem();
}
