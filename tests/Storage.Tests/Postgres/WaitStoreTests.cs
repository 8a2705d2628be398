using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Throttling;
using Darkroom.Jobs.Waits;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>What batches wait for, by what the other stores have written. In a database of its own: workers and limits are everybody's.</summary>
public sealed class WaitStoreTests : OwnDatabaseTest
{
    private static readonly string Group = ModelBook.Load(null).Find(Model).LimitsGroup;

    [Fact]
    public async Task GetAsync_WorkersComeAndTakeIt_SaysForWhomItWaits()
    {
        var id = NewId();
        await Batches.ImportAsync(new NewBatch(id, "test", BatchDefaults.Empty), PlanAsync(2), Cancel);
        (await OneAsync(id)).Text.ShouldBe("No worker is running");

        var process = await RegisterAsync();
        (await OneAsync(id)).Text.ShouldBe("Waiting for a worker to take it");

        await Jobs.BeginAsync(id, process, Cancel);
        await Jobs.OpenAsync(id, Cancel);
        (await OfAsync(id)).ShouldBeEmpty();
        await DieAsync(process);
        (await OneAsync(id)).Text.ShouldBe("No worker is running");
    }

    [Fact]
    public async Task GetAsync_OtherBatchesHaveThePlaces_SaysSo()
    {
        var (id, other) = (await ImportAsync(1), await ImportAsync(1));
        var process = await RegisterAsync();
        await Jobs.BeginAsync(id, process, Cancel);
        await BeginOneAsync(process, other);

        (await OneAsync(id)).Text.ShouldBe("Waiting for its turn behind other batches");
    }

    [Theory]
    [InlineData(600, 600, "Waiting 10 min, told by the service")]
    [InlineData(10800, 600, "Waiting 10 min, told by the service (it said 3 h)")]
    public async Task GetAsync_TheServiceToldToWait_SaysUntilWhenAndItsWords(double asked, double kept, string text)
    {
        var id = await TakenAsync(1);

        await Limits.LearnAsync(Told(asked, kept, "Come back later."), Cancel);

        var wait = await OneAsync(id);
        (wait.Kind, wait.ToldBy, wait.Text).ShouldBe(("hold", "service", text));
        wait.Left.ShouldNotBeNull().TotalSeconds.ShouldBeInRange(kept - 30, kept);
        wait.Why.ShouldContain("HTTP 429");
        wait.Why.ShouldEndWith(": Come back later.");
    }

    [Fact]
    public async Task LearnAsync_HoldsFollowEachOther_KeepTheLongestAndWhenTheyBegan()
    {
        await Limits.LearnAsync(Told(60, 60, "first"), Cancel);
        await ExecuteAsync("update limit_hold set since = since - interval '50 seconds', told_at = told_at - interval '50 seconds'");
        var first = (await Limits.ReadHoldsAsync(Cancel)).ShouldHaveSingleItem();

        await Limits.LearnAsync(Told(10, 10, "shorter"), Cancel);
        (await Limits.ReadHoldsAsync(Cancel)).ShouldHaveSingleItem().ShouldBe(first);
        await Limits.LearnAsync(Told(120, 120, "longer"), Cancel);
        var longer = (await Limits.ReadHoldsAsync(Cancel)).ShouldHaveSingleItem();

        (longer.Words, longer.Since).ShouldBe(("longer", first.Since));
        longer.Until.ShouldBeGreaterThan(first.Until);
        // Whoever lets the group start again ends the hold.
        await ExecuteAsync("update limit_bucket set next_at = now()");
        (await Limits.ReadHoldsAsync(Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task ForgetAsync_AHoldWasTold_ForgetsItsWordsToo()
    {
        await Limits.LearnAsync(Told(600, 600, "first"), Cancel);

        await Limits.ForgetAsync(Group, ActorlessCalls.Tester, Cancel);

        (await Limits.ReadHoldsAsync(Cancel)).ShouldBeEmpty();
        (await ScalarAsync<long>("select count(*) from limit_hold")).ShouldBe(0);
    }

    [Fact]
    public async Task GetAsync_AHoldOfAnotherEndpoint_IsNotItsOwn()
    {
        var id = await TakenAsync(1);
        var other = new Darkroom.Storage.Postgres.PostgresLimitStore(Source, LimitScope.Of(new Jobs.Editing.EndpointOptions { BaseUrl = "http://127.0.0.1:2/v1", ApiKey = "sk-one" }, account: null));
        await other.LearnAsync(Told(600, 600, "elsewhere"), Cancel);

        (await OfAsync(id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task LearnAsync_NoTimeOrAShortOne_IsNoHold()
    {
        await Limits.LearnAsync(Told(1, 1, "a moment"), Cancel);
        await Limits.LearnAsync(Told(600, 600, "x") with { Told = null }, Cancel);
        (await Limits.ReadHoldsAsync(Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task GetAsync_NextStartLiesAhead_SaysWhenAndByWhichLimit()
    {
        var id = await TakenAsync(3);
        await Limits.ReserveAsync(Group, await RegisterAsync(), new GroupLimits { ImagesPerMinute = 2 }, [new CallCost(1, 1, 0)], TimeSpan.FromSeconds(1), Cancel);

        var wait = await OneAsync(id);

        (wait.Kind, wait.ToldBy).ShouldBe(("limit", "you"));
        wait.Left.ShouldNotBeNull().TotalSeconds.ShouldBeInRange(5, 31);
        wait.Why.ShouldBe($"{Group} may take 2 images per minute, as configured.");
    }

    [Fact]
    public async Task GetAsync_AllAreToBeTriedLater_SaysUntilWhenAndWhatWasSaid()
    {
        var id = await ImportAsync(1);
        var process = await RegisterAsync();
        await Jobs.BeginAsync(id, process, Cancel);
        await WorkOffAsync(process, id, (item, attempt) => Throttled(item, attempt, TimeSpan.FromSeconds(90)));

        var wait = await OneAsync(id);

        (wait.Kind, wait.Why).ShouldBe(("backoff", "The last try ended with: Slow down."));
        wait.Left.ShouldNotBeNull().TotalSeconds.ShouldBeInRange(60, 90);
    }

    [Fact]
    public async Task GetAsync_HoursAreOver_SaysUntilWhen()
    {
        var id = NewId();
        var now = await ScalarAsync<DateTime>("select date_trunc('minute', now())");
        var hours = new BatchHours(TimeOnly.FromDateTime(now.AddHours(6)), TimeOnly.FromDateTime(now.AddHours(7)), "UTC");
        await Batches.ImportAsync(new NewBatch(id, "test", BatchDefaults.Empty) { Hours = hours }, PlanAsync(1), Cancel);
        await Jobs.OpenAsync(id, Cancel);
        await RegisterAsync();

        var wait = await OneAsync(id);

        (wait.Kind, wait.Text).ShouldBe(("window", $"Waiting until {hours.From:HH:mm} (your hours)"));
        wait.Until.ShouldNotBeNull().UtcDateTime.ShouldBe(now.AddHours(6), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task GetAsync_TheRestOfTheBudgetIsReserved_WaitsForCallsInFlight()
    {
        var id = NewId();
        await Batches.ImportAsync(new NewBatch(id, "test", BatchDefaults.Empty) { MaxCostUsd = 1m }, PlanAsync(3), Cancel);
        await Jobs.OpenAsync(id, Cancel);
        var process = await RegisterAsync();
        await Jobs.BeginAsync(id, process, Cancel);
        var item = (await ClaimAsync(process, id, 1)).ShouldHaveSingleItem() with { WorstCostUsd = 0.6m };
        (await Items.BeginAttemptsAsync(process, [item], Cancel))[0].ShouldNotBeNull();

        var wait = await OneAsync(id);

        wait.Kind.ShouldBe("budget");
        wait.Why.ShouldBe("Of the budget of the batch, USD 1.0000, USD 0 are spent and USD 0.6000 are reserved for calls in flight.");
        await Batches.SetMaxCostAsync(id, 2m, Cancel);
        (await OfAsync(id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task GetAsync_HaltedWithProbe_SaysWhenItTriesAndOthersWaitForNothing()
    {
        var id = NewId();
        await Batches.ImportAsync(new NewBatch(id, "test", BatchDefaults.Empty) { ProbeEvery = TimeSpan.FromMinutes(5) }, PlanAsync(1), Cancel);
        await Jobs.OpenAsync(id, Cancel);
        var halted = await ImportAsync(1);
        await RegisterAsync();
        foreach (var batch in (string[])[id, halted]) await Batches.HaltAsync(batch, "quota", "No money.", Cancel);

        var waits = await Waits.GetAsync([id, halted, "no-such-batch"], Cancel);

        var wait = waits.ShouldHaveSingleItem();
        (wait.Key, wait.Value.Single().Kind).ShouldBe((id, "probe"));
        wait.Value.Single().Left.ShouldNotBeNull().TotalMinutes.ShouldBeInRange(4, 5);
    }

    private async Task<string> TakenAsync(int items)
    {
        var id = await ImportAsync(items);
        await Jobs.BeginAsync(id, await RegisterAsync(), Cancel);
        return id;
    }

    private async Task<IReadOnlyList<BatchWait>> OfAsync(string id) => (await Waits.GetAsync([id], Cancel)).GetValueOrDefault(id) ?? [];

    private async Task<BatchWait> OneAsync(string id) => (await OfAsync(id)).ShouldHaveSingleItem();

    private static LimitNews Told(double asked, double kept, string words) =>
        new(Group, LimitNewsKind.Throttled, new Dictionary<string, double>(StringComparer.Ordinal), TimeSpan.FromSeconds(kept)) { Told = new ToldHold(TimeSpan.FromSeconds(asked), 429, words) };
}
