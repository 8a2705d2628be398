using Darkroom.Jobs.Batches;
using Darkroom.Storage.Postgres;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>Items are claimed and attempts begin without reading all that waits beside them, whatever the planner supposes.</summary>
public sealed class ReadRowsTests : OwnDatabaseTest
{
    private const int Waiting = 3000;

    [Theory]
    [InlineData(null)]
    [InlineData(1000)]
    public async Task BeginAttempts_ManyItemsWaitAndNoFiguresOfThem_ReadsOnlyItsOwn(int? dayCap)
    {
        var (process, batch) = (await RegisterAsync(), await ImportAsync(Waiting));
        var items = await ClaimAsync(process, batch, 5);
        // As right after an import: none, or those of a table that was empty.
        await Database.AdministrateAsync("delete from pg_statistic where starelid = 'item'::regclass");
        await using var connection = await ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using (var begin = new NpgsqlCommand("select count(*) from begin_attempts($1, $2, $3, $4, $5, null)", connection, transaction))
        {
            begin.Parameters.Add(new NpgsqlParameter { Value = items.Select(item => item.Id).ToArray() });
            begin.Parameters.Add(new NpgsqlParameter { Value = items.Select(item => item.LeaseToken).ToArray() });
            begin.Parameters.Add(new NpgsqlParameter { Value = items.Select(_ => 0.1m).ToArray() });
            begin.Parameters.Add(new NpgsqlParameter { Value = process });
            begin.Parameters.Add(new NpgsqlParameter { Value = (decimal?)dayCap ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Numeric });
            (await begin.ExecuteScalarAsync(Cancel)).ShouldBe(5L);
        }

        (await ReadAsync(connection)).ShouldBeInRange(5, Waiting / 10);
    }

    [Fact]
    public async Task Claim_ManyItemsWaitAndAllOfOneModel_ReadsOnlyTheFirst()
    {
        var (process, batch) = (await RegisterAsync(), await ImportAsync(Waiting));
        // As autovacuum does it: of the only model that there is the planner then supposes that no row has another.
        await ExecuteAsync("analyze item");
        (await ReadByClaimAsync(process, batch)).ShouldBeInRange(5, Waiting / 10);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Claim_ManyItemsAreLeased_ReadsNoneOfThem(bool analyzed)
    {
        var (process, batch) = (await RegisterAsync(), await ImportAsync(2 * Waiting));
        foreach (var other in (long[])[await RegisterAsync(), await RegisterAsync(), await RegisterAsync()]) await ClaimAsync(other, batch, Waiting / 3);
        await LookAsync(analyzed);
        (await ReadByClaimAsync(process, batch)).ShouldBeInRange(5, Waiting / 10);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ListWorkable_ManyItemsAreLeased_ReadsNoneOfThem(bool analyzed)
    {
        var (dead, batch) = (await RegisterAsync(), await ImportAsync(Waiting));
        await ClaimAsync(await RegisterAsync(), batch, Waiting / 2);
        await ClaimAsync(dead, batch, Waiting / 2);
        await DieAsync(dead);
        await LookAsync(analyzed);
        await using var connection = await ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using (var plan = new NpgsqlCommand(ItemSql.ListWorkable, connection, transaction))
        {
            plan.Parameters.Add(new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
            plan.Parameters.Add(new NpgsqlParameter { Value = TimeSpan.Zero });
            (await plan.ExecuteScalarAsync(Cancel)).ShouldNotBeNull();
        }

        (await ReadAsync(connection)).ShouldBeInRange(0, Waiting / 10);
    }

    [Fact]
    public async Task Book_MuchIsBookedAndNoFiguresOfIt_ReadsOnlyItsOwn()
    {
        const string book = """
            insert into ledger (attempt_id, item_id, batch_id, kind, model, tags, usage, input_text_tokens, input_image_tokens, output_text_tokens, output_image_tokens, images, cost_usd, price_book)
            select n, n, 'b', 'reported', 'm', '{}', jsonb_build_object('total_tokens', 3, 'details', repeat('x', 300)), 1, 1, 0, 1, 1, 0.1, 'p' from generate_series($1::int, $2::int) n
            """;
        await ExecuteAsync(book, 1, Waiting);
        await Database.AdministrateAsync("delete from pg_statistic where starelid = 'ledger'::regclass");
        await using var connection = await ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using (var booking = new NpgsqlCommand(book, connection, transaction))
        {
            foreach (var value in (int[])[Waiting + 1, Waiting + 5]) booking.Parameters.Add(new NpgsqlParameter { Value = value });
            await booking.ExecuteNonQueryAsync(Cancel);
        }

        await using var read = new NpgsqlCommand("select sum(pg_stat_get_xact_tuples_returned(indexrelid))::bigint from pg_index where indrelid = 'ledger'::regclass", connection);
        ((long)(await read.ExecuteScalarAsync(Cancel))!).ShouldBeInRange(5, Waiting / 10);
    }

    [Fact]
    public async Task Cancel_HugeBatchByAConnectionThatCanceledSmallOnes_TakesNoLongerThanAStatementMay()
    {
        // A trigger's plan is made once for a connection: one for a few rows would compare each of so many with each.
        await using var source = DarkroomDataSource.Create(new NpgsqlConnectionStringBuilder(Database.ConnectionString) { MaxPoolSize = 1 }.ConnectionString);
        var batches = new PostgresBatchStore(source);
        for (var batch = 0; batch < 8; batch++) await batches.ApplyAsync(await ImportAsync(1), BatchAction.Cancel, Cancel);

        var huge = await ImportAsync(30_000);
        await batches.ApplyAsync(huge, BatchAction.Cancel, Cancel);

        (await batches.GetStatusAsync(huge, Cancel))!.Items.Canceled.ShouldBe(30_000);
    }

    private async Task<long> ReadByClaimAsync(long process, string batch)
    {
        await using var connection = await ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using (var claim = new NpgsqlCommand(ItemSql.Claim, connection, transaction))
        {
            foreach (var value in (object[])[new[] { batch }, new[] { 5 }, process, TimeSpan.Zero, new[] { "" }]) claim.Parameters.Add(new NpgsqlParameter { Value = value });
            await using var reader = await claim.ExecuteReaderAsync(Cancel);
            var claimed = 0;
            while (await reader.ReadAsync(Cancel)) claimed++;
            claimed.ShouldBe(5);
        }

        return await ReadAsync(connection);
    }

    // Entries of what just changed are read once more; those aren't meant.
    private async Task LookAsync(bool analyze)
    {
        await ExecuteAsync("vacuum item");
        await Database.AdministrateAsync(analyze ? "analyze item" : "delete from pg_statistic where starelid = 'item'::regclass");
    }

    // One that has neither plans nor figures of before.
    private async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Cancel);
        return connection;
    }

    // By this transaction so far.
    private static async Task<long> ReadAsync(NpgsqlConnection connection)
    {
        await using var read = new NpgsqlCommand("select seq_tup_read + (select sum(pg_stat_get_xact_tuples_returned(indexrelid)) from pg_index where indrelid = relid)::bigint from pg_stat_xact_user_tables where relname = 'item'", connection);
        return (long)(await read.ExecuteScalarAsync(Cancel))!;
    }
}
