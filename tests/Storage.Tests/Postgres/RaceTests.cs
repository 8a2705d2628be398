using System.Collections.Concurrent;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Running;
using Darkroom.Storage.Postgres;
using Darkroom.Storage.Postgres.Sql;
using Darkroom.Testing.Postgres;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>Statements that meet. Where one must be caught half way, a transaction of the test's own holds it there.</summary>
public sealed class RaceTests(DatabaseFixture fixture) : SharedDatabaseTest(fixture)
{
    [Fact]
    public async Task Complete_WhileTheBatchIsBeingCanceled_LeavesNoItemPending()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        var (item, attempt) = await BeginOneAsync(process, batch);
        await using var held = await HoldAsync(batch, BatchSql.SetState, "canceled");
        await using (var cancel = held.Command(BatchSql.CancelItems)) await cancel.ExecuteNonQueryAsync(Cancel);

        var complete = Items.CompleteAsync([Throttled(item, attempt, TimeSpan.Zero)], Cancel);
        await BlockedOrDoneAsync(complete);
        await held.CommitAsync();

        (await complete).ShouldBe([true]);
        (await StatesAsync(batch)).ShouldBe("canceled");
    }

    [Fact]
    public async Task Release_WhileTheBatchIsBeingCanceled_LeavesNoItemPending()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        var item = (await ClaimAsync(process, batch))[0];
        await using var held = await HoldAsync(batch, BatchSql.SetState, "canceled");
        await using (var cancel = held.Command(BatchSql.CancelItems)) await cancel.ExecuteNonQueryAsync(Cancel);

        var release = Items.ReleaseAsync([item], Cancel);
        await BlockedOrDoneAsync(release);
        await held.CommitAsync();

        await release;
        (await StatesAsync(batch)).ShouldBe("canceled");
    }

    [Fact]
    public async Task TryFinish_WhileItemsAreBeingRetried_LeavesTheBatchRunning()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(2);
        await WorkOffAsync(process, batch, (item, attempt) => Failed(item, attempt));
        await using var held = await HoldAsync(batch);
        await using (var retry = held.Command(BatchSql.RetryItems, new[] { "failed" }).WithNullable(NpgsqlDbType.Text, (string?)null).WithNullable(NpgsqlDbType.Array | NpgsqlDbType.Bigint, (long[]?)null))
            (await retry.ExecuteNonQueryAsync(Cancel)).ShouldBe(2);

        var finish = Batches.TryFinishAsync(batch, Cancel);
        await BlockedOrDoneAsync(finish);
        await held.CommitAsync();

        (await finish).State.ShouldBe(BatchState.Running);
        (await StatesAsync(batch)).ShouldBe("pending pending");
    }

    [Fact]
    public async Task Release_WhileTheBeginThatWasGivenUpIsStillUnderWay_ClosesItsAttempt()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        var item = (await ClaimAsync(process, batch))[0];
        await using var connection = await Source.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using (var begin = new NpgsqlCommand(ItemSql.BeginAttempts, connection)
            .With(new[] { item.Id }).With(new[] { item.LeaseToken }).With(new decimal?[] { null }).With(process)
            .WithNullable(NpgsqlDbType.Numeric, null).WithNullable(NpgsqlDbType.Numeric, null))
            await begin.ExecuteNonQueryAsync(Cancel);

        var release = Items.ReleaseAsync([item], Cancel);
        await BlockedOrDoneAsync(release);
        await transaction.CommitAsync(Cancel);

        await release;
        (await ScalarAsync<string>("select i.state || ' ' || a.state from item i join attempt a on a.item_id = i.id where i.batch_id = $1", batch)).ShouldBe("pending not_sent");
    }

    [Fact]
    public async Task Begin_AfterTheBatchWasPausedMeanwhile_SendsNothing()
    {
        var process = await RegisterAsync();
        var batch = await ImportAsync(1);
        var items = await ClaimAsync(process, batch);
        await Batches.ApplyAsync(batch, BatchAction.Pause, Cancel);
        (await Items.BeginAttemptsAsync(process, items, Cancel)).ShouldBe([null]);
    }

    [Fact]
    public async Task Claim_ItemsOfADeadProcessFromManyConnections_GivesEachOnce()
    {
        var processes = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => RegisterAsync()));
        for (var round = 0; round < 8; round++)
        {
            var batch = await ImportAsync(150);
            var dead = await RegisterAsync();
            (await ClaimAsync(dead, batch)).Count.ShouldBe(150);
            await DieAsync(dead);
            (await ClaimInTurnAsync(processes, batch, 7)).ShouldBe(Enumerable.Repeat(1, 150));
        }
    }

    [Fact]
    public async Task Claim_FreshItemsFromManyConnections_GivesEachOnce()
    {
        var processes = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => RegisterAsync()));
        var batch = await ImportAsync(1500);
        (await ClaimInTurnAsync(processes, batch, 7)).ShouldBe(Enumerable.Repeat(1, 1500));
    }

    // How often each item was given to someone.
    private async Task<IEnumerable<int>> ClaimInTurnAsync(long[] processes, string batch, int atOnce)
    {
        var claims = new ConcurrentBag<long>();
        await Task.WhenAll(processes.Select(process => Task.Run(async () =>
        {
            var misses = 0;
            while (misses < 3)
            {
                var items = await Items.ClaimAsync(process, [new ClaimQuota(batch, atOnce)], Cancel);
                misses = items.Count == 0 ? misses + 1 : 0;
                foreach (var item in items) claims.Add(item.Id);
            }
        }, Cancel)));
        return claims.CountBy(id => id).OrderBy(count => count.Key).Select(count => count.Value);
    }

    private async Task<Held> HoldAsync(string batch, string? change = null, string? state = null)
    {
        var held = await Held.StartAsync(Source, batch);
        await using (var take = held.Command(BatchSql.LockForAction)) await take.ExecuteNonQueryAsync(Cancel);
        if (change is null) return held;
        await using var command = held.Command(change, state!).WithNullable(NpgsqlTypes.NpgsqlDbType.Text, null).WithNullable(NpgsqlTypes.NpgsqlDbType.Text, null);
        await command.ExecuteNonQueryAsync(Cancel);
        return held;
    }

    private sealed class Held(NpgsqlConnection connection, NpgsqlTransaction transaction, string batch) : IAsyncDisposable
    {
        public static async Task<Held> StartAsync(NpgsqlDataSource source, string batch)
        {
            var connection = await source.OpenConnectionAsync(Cancel);
            return new Held(connection, await connection.BeginTransactionAsync(Cancel), batch);
        }

        public NpgsqlCommand Command(string sql) => new NpgsqlCommand(sql, connection).With(batch);

        public NpgsqlCommand Command<T>(string sql, T value) => Command(sql).With(value);

        public Task CommitAsync() => transaction.CommitAsync(Cancel);

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
