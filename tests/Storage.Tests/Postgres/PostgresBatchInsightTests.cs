using Darkroom.Jobs.Browsing;
using Darkroom.Storage.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>What pages ask beyond lists. In a database of its own: sums go over all there is.</summary>
public sealed class PostgresBatchInsightTests : OwnDatabaseTest
{
    private PostgresBatchInsight Insight => new(Source);

    [Fact]
    public async Task GetTermsAsync_AgreedAndBare_TellsWhatWasAgreed()
    {
        var (rich, bare) = (await ImportAsync(1), await ImportAsync(1));
        await ExecuteAsync("""update batch set max_cost_usd = 12.5, deadline = '2026-11-23 06:00Z', tags = '{"season":"aw"}' where id = $1""", rich);
        await ExecuteAsync("insert into budget (scope, spent_usd, reserved_usd) values ('batch:' || $1, 1, 0.25)", rich);
        await ExecuteAsync(
            """
            insert into batch_estimate (batch_id, model, size, quality, n, items, unpriced, expected_usd, worst_usd)
            values ($1, 'm-1', 's', 'low', 1, 2, 0, 0.5, 1), ($1, 'm-1', 's', 'high', 1, 1, 0, 0.75, 2), ($1, 'm-2', 's', 'low', 1, 1, 1, 0, 0), ($2, 'm-2', 's', 'low', 1, 1, 1, 0, 0)
            """,
            rich, bare);

        var terms = await Insight.GetTermsAsync([rich, bare, "no-such"], Cancel);

        terms.Count.ShouldBe(2);
        var agreed = terms[rich];
        (agreed.MaxCostUsd, agreed.ExpectedUsd, agreed.ReservedUsd, agreed.Deadline).ShouldBe((12.5m, 1.25m, 0.25m, new DateTimeOffset(2026, 11, 23, 6, 0, 0, TimeSpan.Zero)));
        agreed.Tags.ShouldHaveSingleItem().ShouldBe(new KeyValuePair<string, string>("season", "aw"));
        agreed.Models.Order(StringComparer.Ordinal).ShouldBe(["m-1", "m-2"]);
        // No price is known of any of its calls: that isn't nothing.
        (terms[bare].MaxCostUsd, terms[bare].ExpectedUsd, terms[bare].ReservedUsd, terms[bare].Deadline).ShouldBe((null, null, 0, null));
        (await Insight.GetTermsAsync([], Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task GetPacesAsync_ItemsEndedOverTime_CountsTheLastFiveMinutesInSteps()
    {
        var (batch, idle) = (await EndedAsync(5), await EndedAsync(1));
        // In the middle of their steps, so that it doesn't matter how long this takes: the last, the seventh from the end, and none.
        await ExecuteAsync("delete from batch_change where batch_id in ($1, $2)", batch, idle);
        await ExecuteAsync(
            """
            insert into batch_change (batch_id, at, sending, succeeded, rejected)
            select $1, now() - x.ago::interval, -1, x.good, 1 - x.good from (values ('5 s', 1), ('5 s', 0), ('65 s', 1), ('6 min', 1), ('1 h', 1)) as x (ago, good)
            """,
            batch);
        await ExecuteAsync("insert into batch_change (batch_id, at, succeeded) values ($1, now() - interval '1 day', 1)", idle);

        var paces = await Insight.GetPacesAsync([batch, idle], Cancel);

        var pace = paces.ShouldHaveSingleItem().Value;
        (pace.Steps.Count, pace.Step).ShouldBe((30, TimeSpan.FromSeconds(10)));
        pace.Steps.Sum(step => step.Ended).ShouldBe(3);
        (pace.Steps[1].At - pace.Steps[0].At).ShouldBe(TimeSpan.FromSeconds(10));
        var ended = pace.Steps.Select((step, at) => (step.Ended, at)).Where(step => step.Ended > 0).ToList();
        ended.Select(step => step.Ended).ShouldBe([1, 2]);
        // A minute apart, wherever the clock stood by then.
        (ended[1].at - ended[0].at).ShouldBe(6);
        pace.PerMinute(TimeSpan.FromMinutes(5)).ShouldBe(0.6, 0.0001);
        (await Insight.GetPacesAsync([], Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task GetHistoryAsync_ABatchThatEnded_SpansItsLifeWithItsCosts()
    {
        var batch = await EndedAsync(3);
        // Three minutes long: 60 steps of 3 s, shorter than what is kept of batches.
        await ExecuteAsync("update batch set created_at = '2026-11-20 10:00Z', finished_at = '2026-11-20 10:03Z' where id = $1", batch);
        await ExecuteAsync(
            """
            update item i set finished_at = (array['2026-11-20 10:00:01Z', '2026-11-20 10:01:31Z', '2026-11-20 10:03:00Z'])[n.at]::timestamptz
            from (select id, row_number() over (order by id) as at from item where batch_id = $1) n where n.id = i.id
            """,
            batch);
        await ExecuteAsync("update ledger l set at = i.finished_at, cost_usd = 0.5 from item i where i.id = l.item_id and l.batch_id = $1", batch);
        // What isn't known to have been paid isn't cost.
        await ExecuteAsync("update ledger set kind = 'unconfirmed', usage = null where batch_id = $1 and at = '2026-11-20 10:01:31Z'", batch);

        var history = (await Insight.GetHistoryAsync(batch, Cancel)).ShouldNotBeNull();

        (history.From, history.Step, history.Steps.Count).ShouldBe((new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero), TimeSpan.FromSeconds(3), 60));
        history.Steps.Select((step, at) => (step, at)).Where(entry => entry.step.Ended > 0 || entry.step.CostUsd > 0).Select(entry => (entry.at, entry.step.Ended, entry.step.CostUsd))
            .ShouldBe([(0, 1, 0.5m), (30, 1, 0m), (59, 1, 0.5m)]);
        (await Insight.GetHistoryAsync("no-such", Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task GetHistoryAsync_ALongBatch_ShowsItsLastHour()
    {
        var batch = await EndedAsync(2);
        await ExecuteAsync("update batch set created_at = '2026-11-19 10:00Z', finished_at = '2026-11-20 10:00Z' where id = $1", batch);
        await ExecuteAsync("delete from batch_change where batch_id = $1", batch);
        await ExecuteAsync("insert into batch_pace (batch_id, at, ended, cost_usd) values ($1, '2026-11-20 08:00Z', 1, 0.5), ($1, '2026-11-20 09:30:30Z', 1, 0.25)", batch);
        await ExecuteAsync("insert into batch_change (batch_id, at, succeeded, cost_usd) values ($1, '2026-11-20 10:00:00Z', 1, 0.125)", batch);

        var history = (await Insight.GetHistoryAsync(batch, Cancel)).ShouldNotBeNull();

        (history.From, history.Step).ShouldBe((new DateTimeOffset(2026, 11, 20, 9, 0, 0, TimeSpan.Zero), TimeSpan.FromMinutes(1)));
        history.Steps.Select((step, at) => (step, at)).Where(entry => entry.step.Ended > 0).Select(entry => (entry.at, entry.step.Ended, entry.step.CostUsd)).ShouldBe([(30, 1, 0.25m), (59, 1, 0.125m)]);
    }

    [Fact]
    public async Task GetHistoryAsync_ChangesFolded_IsWhatItWas()
    {
        var batch = await EndedAsync(5);
        await ExecuteAsync("update batch set created_at = now() - interval '40 minutes' where id = $1", batch);
        var feed = new PostgresChangeFeed(Source);
        for (var round = 0; round < 2; round++)
        {
            var history = (await Insight.GetHistoryAsync(batch, Cancel)).ShouldNotBeNull();
            (history.Steps.Sum(step => step.Ended), history.Steps.Sum(step => step.CostUsd)).ShouldBe((5, 5 * 0.0123456789m));
            (await Insight.GetPacesAsync([batch], Cancel))[batch].Steps.Sum(step => step.Ended).ShouldBe(5);
            await feed.FoldAsync(TimeSpan.FromSeconds(-1), Cancel);
        }

        (await ScalarAsync<long>("select count(*) from batch_change where batch_id = $1", batch)).ShouldBe(0);
        (await ScalarAsync<long>("select sum(ended)::bigint from batch_pace where batch_id = $1", batch)).ShouldBe(5);
    }

    [Fact]
    public async Task ListBudgetsAsync_SeveralBatches_GivesOpenOnesWithABudgetTheNewestFirst()
    {
        var (older, newer, none, ended) = (await ImportAsync(1), await ImportAsync(1), await ImportAsync(1), await EndedAsync(1));
        foreach (var (batch, cap, at) in new[] { (older, 5m, "2026-11-20 10:00Z"), (newer, 7m, "2026-11-21 10:00Z"), (ended, 9m, "2026-11-22 10:00Z") })
            await ExecuteAsync("update batch set max_cost_usd = $2, created_at = $3::timestamptz where id = $1", batch, cap, at);
        await ExecuteAsync("insert into budget (scope, spent_usd, reserved_usd) values ('batch:' || $1, 1.5, 0.25)", older);
        // Of what isn't known to be billed, some is added up already and some isn't yet.
        await ExecuteAsync("update batch_tally set unconfirmed_usd = 0.5 where batch_id = $1", older);
        await ExecuteAsync("insert into batch_change (batch_id, unconfirmed_usd) values ($1, 0.25)", older);

        (await Insight.ListBudgetsAsync(null, null, Cancel)).ShouldBe([new BudgetStanding(BudgetScope.Batch, newer, "test", 7m, 0, 0, 0), new BudgetStanding(BudgetScope.Batch, older, "test", 5m, 1.5m, 0.75m, 0.25m)]);
        none.ShouldNotBeNull();
    }

    [Fact]
    public async Task ListBudgetsAsync_DayAndMonth_AreSpentByTheLedgerUntilACallAsksForItsPlace()
    {
        await EndedAsync(3);
        await ExecuteAsync("insert into spend_change (day, batch_id, model, tags, unconfirmed_usd) values ((now() at time zone 'UTC')::date, 'b', 'm', '{}', 0.5)");
        await ExecuteAsync("insert into spend_change (day, batch_id, model, tags, cost_usd) values (date_trunc('month', now() at time zone 'UTC')::date - 1, 'b', 'm', '{}', 99)");
        var spent = (3 * 0.0123456789m) + 0.5m;

        (await Insight.ListBudgetsAsync(null, 70m, Cancel)).ShouldBe([new BudgetStanding(BudgetScope.Month, null, null, 70m, spent, 0.5m, 0)]);
        while (await ScalarAsync<long>("select fold_spend(100)") > 0)
        {
            // All of it is added up.
        }

        await ExecuteAsync("insert into budget (scope, spent_usd, reserved_usd) values ('day:' || to_char(now() at time zone 'UTC', 'YYYY-MM-DD'), 2, 0.25)");
        (await Insight.ListBudgetsAsync(10m, 70m, Cancel))
            .ShouldBe([new BudgetStanding(BudgetScope.Day, null, null, 10m, 2m, 0.5m, 0.25m), new BudgetStanding(BudgetScope.Month, null, null, 70m, spent, 0.5m, 0)]);
    }

    [Fact]
    public async Task GetReuseAsync_NothingPaidAndThenSome_SavesWhatAnImageCosts()
    {
        var nothing = await Insight.GetReuseAsync(Cancel);
        nothing.ShouldBe(new ReuseSavings(0, null));

        var batch = await EndedAsync(4);
        // Two of four paid for, at 0.5 each; the others shared.
        await ExecuteAsync("delete from batch_change where batch_id = $1", batch);
        await ExecuteAsync("update batch_tally set pending = 0, succeeded = 2, reused = 2, cost_usd = 1 where batch_id = $1", batch);

        (await Insight.GetReuseAsync(Cancel)).ShouldBe(new ReuseSavings(2, 1m));
    }

    [Fact]
    public async Task ListProcessesAsync_LiveAndEnded_PutsTheLiveFirstWithWhatTheyHold()
    {
        var batch = await ImportAsync(3);
        var live = await RegisterAsync();
        var ended = await RegisterAsync(takesBatches: false);
        var forgotten = await RegisterAsync();
        await ClaimAsync(live, batch, 2);
        await ExecuteAsync("update batch set job_process_id = $2 where id = $1", batch, live);
        await DieAsync(ended);
        await ExecuteAsync("update process set lease_until = now() - interval '2 days', started_at = now() - interval '3 days' where id = $1", forgotten);

        var rows = await Insight.ListProcessesAsync(Cancel);

        rows.Select(row => row.Id).ShouldBe([live, ended]);
        (rows[0].Pid, rows[0].TakesBatches, rows[0].Batches, rows[0].Claimed).ShouldBe((Environment.ProcessId, true, 1, 2));
        rows[0].LeaseLeft.ShouldBeGreaterThan(TimeSpan.Zero);
        (rows[1].TakesBatches, rows[1].LeaseLeft, rows[1].Batches, rows[1].Claimed).ShouldBe((false, TimeSpan.Zero, 0, 0));
        rows[0].Version.ShouldNotBeNullOrEmpty();
    }

    private async Task<string> EndedAsync(int items)
    {
        var batch = await ImportAsync(items);
        await WorkOffAsync(await RegisterAsync(), batch, (item, attempt) => Succeeded(item, attempt));
        await Batches.TryFinishAsync(batch, Cancel);
        return batch;
    }
}
