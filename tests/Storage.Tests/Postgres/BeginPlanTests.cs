using Npgsql;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>Attempts begin by the ids of their items, however many items wait beside them and whatever the planner supposes.</summary>
public sealed class BeginPlanTests : OwnDatabaseTest
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
        await ExecuteAsync("delete from pg_statistic where starelid = 'item'::regclass");
        await using var connection = await Source.OpenConnectionAsync(Cancel);
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

        await using var read = new NpgsqlCommand("select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables where relname = 'item'", connection, transaction);
        ((long)(await read.ExecuteScalarAsync(Cancel))!).ShouldBeInRange(5, Waiting / 10);
    }
}
