using Darkroom.Storage.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>In a database of its own: housekeeping looks at everything.</summary>
public sealed class HousekeepingTests : OwnDatabaseTest
{
    private static readonly TimeSpan Keep = TimeSpan.FromDays(1);

    private PostgresHousekeepingStore House => new(Source);

    [Fact]
    public async Task SweepAsync_FreshRows_RemovesNothing()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        await Jobs.BeginAsync(batch, process, Cancel);
        await DieAsync(await RegisterAsync());
        await ExecuteAsync("insert into budget (scope, spent_usd) select unnest(array['day:' || to_char(now() at time zone 'UTC', 'YYYY-MM-DD'), 'month:' || to_char(now() at time zone 'UTC', 'YYYY-MM'), 'batch:' || $1]), 1", batch);
        (await House.SweepAsync(Keep, 100, Cancel)).ShouldNotBeNull().ShouldBeEmpty();
    }

    [Fact]
    public async Task SweepAsync_OldRows_RemovesThemAndKeepsTheRest()
    {
        var (dead, holder, live) = (await RegisterAsync(), await RegisterAsync(), await RegisterAsync());
        var batch = await ImportAsync(1);
        await ClaimAsync(holder, batch);
        await ExecuteAsync("update process set lease_until = now() - interval '2 days', started_at = now() - interval '9 days' where id = any ($1)", new[] { dead, holder });
        await ExecuteAsync("insert into limit_slot (limits_group, process_id, held) select 'g', unnest($1), 3", new[] { dead, live });
        await ExecuteAsync("insert into limit_told (limits_group, dimension, per_window, told_at) values ('g', 'old', 1, now() - interval '2 days'), ('g', 'new', 1, now())");
        await ExecuteAsync("insert into budget (scope, spent_usd, reserved_usd) values ('day:2020-01-01', 1, 0), ('day:2020-01-02', 1, 0.5), ('month:2020-01', 1, 0), ('batch:gone', 1, 0), ('day:9999-01-01', 1, 0)");
        await ExecuteAsync("insert into uploaded_file (endpoint, sha256, state, file_id, expires_at) select 'e', repeat(c, 64), 'ready', 'f', now() + w from (values ('a', interval '-2 days'), ('b', interval '-1 hour'), ('c', interval '1 day')) v (c, w)");

        var swept = (await House.SweepAsync(Keep, 100, Cancel)).ShouldNotBeNull();

        swept.ShouldBe(new Dictionary<string, long> { ["limit_slot"] = 1, ["limit_told"] = 1, ["process"] = 1, ["budget"] = 3, ["uploaded_file"] = 1 }, ignoreOrder: true);
        // Who holds an item stays, since its recovery goes by the row.
        (await ScalarAsync<long[]>("select array_agg(id order by id) from process")).ShouldBe([holder, live]);
        (await ScalarAsync<string>("select string_agg(scope, ' ' order by scope) from budget")).ShouldBe("day:2020-01-02 day:9999-01-01");
        (await ScalarAsync<long>("select count(*) from uploaded_file")).ShouldBe(2);
    }

    [Fact]
    public async Task SweepAsync_ManyRows_TakesASetAtATime()
    {
        await ExecuteAsync("insert into limit_told (limits_group, dimension, per_window, told_at) select 'g', 'd' || n, 1, now() - interval '2 days' from generate_series(1, 25) n");
        (await House.SweepAsync(Keep, 10, Cancel))!["limit_told"].ShouldBe(10);
        (await House.SweepAsync(Keep, 10, Cancel))!["limit_told"].ShouldBe(10);
        (await House.SweepAsync(Keep, 10, Cancel))!["limit_told"].ShouldBe(5);
    }

    [Fact]
    public async Task SweepAsync_AnotherProcessIsAtIt_LeavesItAlone()
    {
        await using var connection = await Source.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using (var turn = new Npgsql.NpgsqlCommand("select pg_try_advisory_xact_lock(7240894)", connection)) (await turn.ExecuteScalarAsync(Cancel)).ShouldBe(true);
        (await House.SweepAsync(Keep, 10, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task SweepAsync_APurgeIsAtWork_KeepsHouseBesideIt()
    {
        // Both start with a worker, so a turn that they shared would leave one of them out each time.
        await using var purge = await new PostgresPurgeStore(Source).TryTakeTurnAsync(Cancel);
        purge.ShouldNotBeNull();
        (await House.SweepAsync(Keep, 10, Cancel)).ShouldNotBeNull();
    }
}
