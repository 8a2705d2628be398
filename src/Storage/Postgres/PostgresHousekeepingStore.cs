using Darkroom.Jobs.Housekeeping;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>Keeps house in PostgreSQL.</summary>
public sealed class PostgresHousekeepingStore(NpgsqlDataSource database) : IHousekeepingStore
{
    // In this order: what one removes frees rows of the next.
    private static readonly (string Table, string Sql)[] Steps =
    [
        ("limit_slot", HousekeepingSql.LimitSlots),
        ("limit_told", HousekeepingSql.ToldLimits),
        ("process", HousekeepingSql.Processes),
        ("budget", HousekeepingSql.Budgets),
        ("uploaded_file", HousekeepingSql.Uploads),
    ];

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, long>?> SweepAsync(TimeSpan keep, int most, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var turn = new NpgsqlCommand(HousekeepingSql.TakeTurn, connection))
        {
            if (!(bool)(await turn.ExecuteScalarAsync(cancellationToken))!) return null;
        }

        var swept = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (table, sql) in Steps)
        {
            await using var command = new NpgsqlCommand(sql, connection).With("keep", keep).With("most", most);
            var rows = await command.ExecuteNonQueryAsync(cancellationToken);
            if (rows > 0) swept[table] = rows;
        }

        await transaction.CommitAsync(cancellationToken);
        return swept;
    }
}
