using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Models;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class RepricingTests : OwnDatabaseTest
{
    private const string Usage = """{"input_tokens":268,"input_tokens_details":{"text_tokens":12,"image_tokens":256},"output_tokens":196,"total_tokens":464}""";

    private static readonly LedgerRange Everything = new(null, null, null);

    [Fact]
    public async Task Reprice_FromRawUsage_GivesTheFixturesCost()
    {
        await BookAsync(Usage, wrongCost: 1m);
        var result = await new Repricer(Ledger, ModelBook.BuiltIn).RepriceAsync(Everything, apply: true, Cancel);
        result.ShouldBe(new RepricingResult(1, 1, 1m, 0.007988m, ModelBook.BuiltIn.Version));
        (await ScalarAsync<decimal>("select cost_usd from ledger")).ShouldBe(0.007988m);
        (await ScalarAsync<string>("select price_book from ledger")).ShouldBe(ModelBook.BuiltIn.Version);
    }

    [Fact]
    public async Task Reprice_KeepsWhatWasBeforeAndIsIdempotent()
    {
        await BookAsync(Usage, wrongCost: 1m);
        var repricer = new Repricer(Ledger, ModelBook.BuiltIn);
        await repricer.RepriceAsync(Everything, apply: true, Cancel);
        (await repricer.RepriceAsync(Everything, apply: true, Cancel)).Changed.ShouldBe(0);
        (await ScalarAsync<string>("select cost_usd_before || ' ' || price_book_before || ' ' || cost_usd_after from ledger_repricing"))
            .ShouldBe("1.0000000000 book-1 0.0079880000");
    }

    [Fact]
    public async Task Reprice_DryRun_ChangesNothing()
    {
        await BookAsync(Usage, wrongCost: 1m);
        (await new Repricer(Ledger, ModelBook.BuiltIn).RepriceAsync(Everything, apply: false, Cancel)).Changed.ShouldBe(1);
        (await ScalarAsync<decimal>("select cost_usd from ledger")).ShouldBe(1m);
        (await ScalarAsync<long>("select count(*) from ledger_repricing")).ShouldBe(0);
    }

    [Fact]
    public async Task Reprice_ABatchOrDaysOnly_LeavesTheRestAlone()
    {
        var first = await BookAsync(Usage, wrongCost: 1m);
        await BookAsync(Usage, wrongCost: 1m);
        var repricer = new Repricer(Ledger, ModelBook.BuiltIn);
        (await repricer.RepriceAsync(Everything with { BatchId = first }, apply: true, Cancel)).Rows.ShouldBe(1);
        (await repricer.RepriceAsync(Everything with { To = new DateOnly(2020, 1, 1) }, apply: true, Cancel)).Rows.ShouldBe(0);
        (await ScalarAsync<long>("select count(*) from ledger where cost_usd = 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Reprice_UnknownPrice_BecomesNoneAndUnconfirmedGoesByItsTokens()
    {
        var batch = await BookAsync(Usage, wrongCost: 1m);
        await ExecuteAsync("update ledger set kind = 'unconfirmed', usage = null, input_text_tokens = 12, input_image_tokens = 256, output_text_tokens = 0, output_image_tokens = 196");
        await new Repricer(Ledger, ModelBook.BuiltIn).RepriceAsync(Everything, apply: true, Cancel);
        (await ScalarAsync<decimal>("select cost_usd from ledger where batch_id = $1", batch)).ShouldBe(0.007988m);

        await ExecuteAsync("update ledger set model = 'nobody-knows-me'");
        await new Repricer(Ledger, ModelBook.BuiltIn).RepriceAsync(Everything, apply: true, Cancel);
        (await ScalarAsync<bool>("select cost_usd is null from ledger")).ShouldBeTrue();
    }

    [Theory]
    // Booked before there were estimates, at nothing or not at all.
    [InlineData("reported", """{"input_tokens":0,"output_tokens":0,"total_tokens":0}""", "estimated")]
    [InlineData("unreported", null, "estimated")]
    [InlineData("unreported", "{}", "estimated")]
    // Under names that weren't known.
    [InlineData("reported", """{"prompt_tokens":268,"prompt_tokens_details":{"text_tokens":12,"image_tokens":256},"completion_tokens":196}""", "reported")]
    public async Task Reprice_WhatWasBookedAtNothing_IsEstimatedOrReadAndAddsUp(string kind, string? usage, string after)
    {
        var batch = await BookAsync(Usage, wrongCost: null);
        await ExecuteAsync(
            $"update ledger set model = 'gpt-image-2', kind = '{kind}', usage = {(usage is null ? "null" : $"'{usage}'")}, input_text_tokens = 0, input_image_tokens = 0, output_text_tokens = 0, output_image_tokens = 0");
        var repricer = new Repricer(Ledger, ModelBook.BuiltIn);
        (await repricer.RepriceAsync(Everything, apply: true, Cancel)).Changed.ShouldBe(1);

        (await ScalarAsync<string>("select kind from ledger")).ShouldBe(after);
        (await ScalarAsync<long>("select output_image_tokens from ledger")).ShouldBe(after == "reported" ? 196 : 7024, "the estimate is of the best quality, where none was asked for");
        var cost = await ScalarAsync<decimal>("select cost_usd from ledger");
        cost.ShouldBeGreaterThan(0);
        var status = (await Batches.GetStatusAsync(batch, Cancel)).ShouldNotBeNull();
        (status.CostUsd, status.EstimatedUsd, status.Unpriced).ShouldBe((cost, after == "reported" ? 0 : cost, 0));
        status.Tokens.Total.ShouldBe(await ScalarAsync<long>("select (input_text_tokens + input_image_tokens + output_image_tokens)::bigint from ledger"));
        (await Ledger.ReportAsync([new ReportDimension(ReportDimensionKind.Batch)], null, null, Cancel)).ShouldHaveSingleItem().EstimatedUsd.ShouldBe(status.EstimatedUsd);
        (await repricer.RepriceAsync(Everything, apply: true, Cancel)).Changed.ShouldBe(0);
    }

    [Fact]
    public async Task Reprice_OfABatchWithABudget_CountsAgainstIt()
    {
        var batch = await BookAsync(Usage, wrongCost: 0m);
        await Batches.SetMaxCostAsync(batch, 1m, ActorlessCalls.Tester, Cancel);
        (await ScalarAsync<decimal>("select spent_usd from budget")).ShouldBe(0);
        await new Repricer(Ledger, ModelBook.BuiltIn).RepriceAsync(Everything, apply: true, Cancel);
        (await ScalarAsync<decimal>("select spent_usd from budget")).ShouldBe(0.007988m);
    }

    [Fact]
    public async Task Reprice_Estimated_StaysSoAtTheSameTokensAndAnotherPrice()
    {
        await BookAsync(Usage, wrongCost: 1m);
        await ExecuteAsync("update ledger set kind = 'estimated', usage = null, input_text_tokens = 12, input_image_tokens = 256, output_text_tokens = 0, output_image_tokens = 196");
        var dearer = ModelBook.BuiltIn.With("""{"models":[{"name":"gpt-image-2","prices":[{"effective_from":"2026-04-21","per_million":{"input_text":"5","input_image":"8","output_image":"33"}}]}]}""", "mine.json");
        foreach (var (book, cost) in new[] { (ModelBook.BuiltIn, 0.007988m), (dearer, 0.008576m) })
        {
            await new Repricer(Ledger, book).RepriceAsync(Everything, apply: true, Cancel);
            (await ScalarAsync<string>("select kind || ' ' || output_image_tokens from ledger")).ShouldBe("estimated 196");
            (await ScalarAsync<decimal>("select cost_usd from ledger")).ShouldBe(cost);
        }
    }

    [Fact]
    public async Task Reprice_NothingSaidAndItemPurged_HasNoCostRatherThanNone()
    {
        await BookAsync(Usage, wrongCost: 0m);
        await ExecuteAsync("update ledger set usage = '{}', item_id = -1");
        await new Repricer(Ledger, ModelBook.BuiltIn).RepriceAsync(Everything, apply: true, Cancel);
        (await ScalarAsync<bool>("select cost_usd is null from ledger")).ShouldBeTrue();
    }

    private async Task<string> BookAsync(string usage, decimal? wrongCost)
    {
        var batch = await ImportAsync(1);
        var (item, attempt) = await BeginOneAsync(await RegisterAsync(), batch);
        await Items.CompleteAsync([Succeeded(item, attempt, cost: wrongCost) with { UsageJson = usage }], Cancel);
        return batch;
    }
}
