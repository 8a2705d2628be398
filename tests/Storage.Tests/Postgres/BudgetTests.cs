using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Running;
using Darkroom.Storage.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class BudgetTests : OwnDatabaseTest
{
    private const string WhyHalted = "select coalesce(reason, '') || ': ' || coalesce(detail, '') from batch where id = $1";

    [Fact]
    public async Task Begin_WithoutBudgets_ReservesNothing()
    {
        var batch = await ImportAsync(2);
        var (_, attempts) = await BeginAsync(Items, batch, worst: null);
        attempts.ShouldAllBe(attempt => attempt != null);
        (await ScalarAsync<long>("select count(*) from attempt where reserved_usd is not null")).ShouldBe(0);
        (await ScalarAsync<long>("select count(*) from budget")).ShouldBe(0);
    }

    [Fact]
    public async Task Begin_BatchBudget_ReservesTheWorstCaseAndSettlesWhatItCost()
    {
        var batch = await ImportAsync(10, budget: 1.00m);
        var (items, attempts) = await BeginAsync(Items, batch, worst: 0.30m);
        attempts.Count(attempt => attempt is not null).ShouldBe(3);
        (await AccountAsync($"batch:{batch}")).ShouldBe((0m, 0.90m));
        (await StatesAsync(batch)).ShouldBe("sending sending sending pending pending pending pending pending pending pending");

        await Items.CompleteAsync([.. items.Take(3).Select((item, at) => Succeeded(item, attempts[at]!, cost: 0.10m))], Cancel);
        (await AccountAsync($"batch:{batch}")).ShouldBe((0.30m, 0m));
        (await ScalarAsync<string>(WhyHalted, batch)).ShouldBe(": ");
    }

    [Fact]
    public async Task Begin_RoomMayComeFromCallsInFlight_WaitsInsteadOfHalting()
    {
        var batch = await ImportAsync(2, budget: 0.50m);
        var (items, attempts) = await BeginAsync(Items, batch, worst: 0.30m);
        attempts[1].ShouldBeNull();
        await Items.ReleaseAsync([items[1]], Cancel);
        (await Batches.GetAsync(batch, Cancel))!.State.ShouldBe(BatchState.Running);
        (await ScalarAsync<bool>("select not_before > now() from item where id = $1", items[1].Id)).ShouldBeTrue();
    }

    [Fact]
    public async Task Begin_BudgetSpent_HaltsWithReasonAndAmountsAndResumesWhenRaised()
    {
        var batch = await ImportAsync(3, budget: 0.50m);
        var (items, attempts) = await BeginAsync(Items, batch, worst: 0.30m);
        await Items.CompleteAsync([Succeeded(items[0], attempts[0]!, cost: 0.25m)], Cancel);
        await Items.ReleaseAsync([items[1], items[2]], Cancel);
        await ExecuteAsync("update item set not_before = '-infinity' where batch_id = $1", batch);

        (await BeginAsync(Items, batch, worst: 0.30m)).Attempts.ShouldAllBe(attempt => attempt == null);
        (await ScalarAsync<string>(WhyHalted, batch)).ShouldBe(
            "budget: The budget of the batch is reached: USD 0.25 of 0.5 spent, and the next call may cost USD 0.3. Raise the budget, then resume the batch.");

        await Batches.SetMaxCostAsync(batch, 1.00m, Cancel);
        await ReleaseAllAsync(batch);
        (await Batches.ApplyAsync(batch, BatchAction.Resume, Cancel)).State.ShouldBe(BatchState.Queued);
        (await BeginAsync(Items, batch, worst: 0.30m)).Attempts.ShouldAllBe(attempt => attempt != null);
    }

    [Fact]
    public async Task Begin_NoKnownPrice_HaltsRatherThanLeaks()
    {
        var batch = await ImportAsync(1, budget: 5m);
        (await BeginAsync(Items, batch, worst: null)).Attempts.ShouldBe([null]);
        (await ScalarAsync<string>(WhyHalted, batch)).ShouldStartWith("budget: The model has no known price, so the budget of the batch (USD 5) can't be kept.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Begin_DayOrMonthBudget_CountsAllBatchesAndWhatTheLedgerHas(bool day)
    {
        // Spent before there was a cap.
        var process = await RegisterAsync();
        var old = await ImportAsync(1);
        var (item, attempt) = await BeginOneAsync(process, old);
        await Items.CompleteAsync([Succeeded(item, attempt, cost: 0.40m)], Cancel);

        var capped = new PostgresItemStore(Source, TimeSpan.Zero, day ? new BudgetOptions { DayUsd = 1m } : new BudgetOptions { MonthUsd = 1m }, Breaker);
        var (first, second) = (await ImportAsync(1), await ImportAsync(2));
        (await BeginAsync(capped, first, worst: 0.30m)).Attempts[0].ShouldNotBeNull();
        var (_, attempts) = await BeginAsync(capped, second, worst: 0.30m);
        attempts.Count(begun => begun is not null).ShouldBe(1);
        (await ScalarAsync<decimal>("select reserved_usd + spent_usd from budget")).ShouldBe(1.00m);
    }

    [Fact]
    public async Task Release_BegunAttempt_FreesWhatItReserved()
    {
        var batch = await ImportAsync(1, budget: 1m);
        var (items, _) = await BeginAsync(Items, batch, worst: 0.30m);
        await Items.ReleaseAsync(items, Cancel);
        (await AccountAsync($"batch:{batch}")).ShouldBe((0m, 0m));
    }

    [Fact]
    public async Task Complete_Unconfirmed_CountsAtItsWorst()
    {
        var batch = await ImportAsync(1, budget: 1m);
        var (items, attempts) = await BeginAsync(Items, batch, worst: 0.30m);
        var lost = new ItemCompletion(items[0], ItemState.Pending)
        {
            Attempt = attempts[0],
            AttemptState = AttemptState.Unknown,
            Error = new("unknown_outcome", "process_died", "It died."),
            Ledger = new LedgerEntry(LedgerKinds.Unconfirmed, new TokenUsage(1, 1, 0, 1), 1, 0.30m, "book-1"),
        };
        await Items.CompleteAsync([lost], Cancel);
        await Items.CompleteAsync([lost], Cancel);
        (await AccountAsync($"batch:{batch}")).ShouldBe((0.30m, 0m));
    }

    [Fact]
    public async Task Complete_EstimatedOrOfUnknownCost_CountsAndNeverAsNothing()
    {
        var batch = await ImportAsync(2, budget: 1m);
        var (items, attempts) = await BeginAsync(Items, batch, worst: 0.30m);
        var estimated = Succeeded(items[0], attempts[0]!, cost: 0.20m) with { UsageJson = "{}" };
        await Items.CompleteAsync([estimated with { Ledger = estimated.Ledger! with { Kind = LedgerKinds.Estimated } }, Succeeded(items[1], attempts[1]!, cost: null)], Cancel);
        (await AccountAsync($"batch:{batch}")).ShouldBe((0.50m, 0m));
    }

    [Fact]
    public async Task Begin_ManyProcessesAtOnce_NeverOverrunTheCap()
    {
        const decimal Cap = 2.00m;
        var batches = new List<string>();
        for (var at = 0; at < 4; at++) batches.Add(await ImportAsync(60));
        var store = new PostgresItemStore(Source, TimeSpan.Zero, new BudgetOptions { DayUsd = Cap }, Breaker);
        await Parallel.ForEachAsync(batches, Cancel, async (batch, cancel) =>
        {
            var process = await RegisterAsync();
            while (await store.ClaimAsync(process, [new ClaimQuota(batch, 5)], cancel) is { Count: > 0 } claimed)
            {
                var items = claimed.Select(item => item with { WorstCostUsd = 0.05m }).ToList();
                var attempts = await store.BeginAttemptsAsync(process, items, cancel);
                (await ScalarAsync<bool>("select spent_usd + reserved_usd <= $1 from budget", Cap)).ShouldBeTrue();
                var begun = items.Zip(attempts).Where(pair => pair.Second is not null).Select(pair => Succeeded(pair.First, pair.Second!, cost: 0.05m)).ToList();
                await store.CompleteAsync(begun, cancel);
                await store.ReleaseAsync([.. items.Zip(attempts).Where(pair => pair.Second is null).Select(pair => pair.First)], cancel);
            }
        });
        (await ScalarAsync<decimal>("select sum(cost_usd) from ledger")).ShouldBeLessThanOrEqualTo(Cap);
        (await ScalarAsync<decimal>("select spent_usd from budget")).ShouldBe(await ScalarAsync<decimal>("select sum(cost_usd) from ledger"));
        (await ScalarAsync<decimal>("select reserved_usd from budget")).ShouldBe(0m);
    }

    private async Task<string> ImportAsync(int items, decimal? budget)
    {
        var id = NewId();
        await Batches.ImportAsync(new NewBatch(id, "test", BatchDefaults.Empty) { MaxCostUsd = budget }, PlanAsync(items), Cancel);
        await Jobs.OpenAsync(id, Cancel);
        return id;
    }

    private async Task<(IReadOnlyList<ClaimedItem> Items, IReadOnlyList<Attempt?> Attempts)> BeginAsync(PostgresItemStore store, string batch, decimal? worst)
    {
        var process = await RegisterAsync();
        var items = (await ClaimAsync(process, batch)).Select(item => item with { WorstCostUsd = worst }).ToList();
        return (items, await store.BeginAttemptsAsync(process, items, Cancel));
    }

    private Task ReleaseAllAsync(string batch) =>
        ExecuteAsync("update item set lease_owner = null, lease_token = null, not_before = '-infinity' where batch_id = $1 and state = 'pending'", batch);

    private async Task<(decimal Spent, decimal Reserved)> AccountAsync(string scope) =>
        (await ScalarAsync<decimal>("select spent_usd from budget where scope = $1", scope), await ScalarAsync<decimal>("select reserved_usd from budget where scope = $1", scope));
}
