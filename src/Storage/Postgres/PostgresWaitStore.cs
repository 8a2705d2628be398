using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Waits;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>What batches wait for, in PostgreSQL.</summary>
/// <param name="database">The database.</param>
/// <param name="budgets">The caps of a day and a month.</param>
public sealed class PostgresWaitStore(NpgsqlDataSource database, BudgetOptions budgets) : IWaitStore
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<WaitSigns>> ReadAsync(IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(WaitSql.Signs)
            .With(batchIds.ToArray()).WithNullable(NpgsqlDbType.Numeric, budgets.DayUsd).WithNullable(NpgsqlDbType.Numeric, budgets.MonthUsd);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var signs = new List<WaitSigns>();
        while (await reader.ReadAsync(cancellationToken)) signs.Add(Read(reader));
        return signs;
    }

    private static WaitSigns Read(NpgsqlDataReader reader) => new(reader.GetString(0), StateNames.ParseBatchState(reader.GetString(1)), reader.GetFieldValue<DateTimeOffset>(2))
    {
        Hours = reader.IsDBNull(3) ? null : new BatchHours(reader.GetFieldValue<TimeOnly>(3), reader.GetFieldValue<TimeOnly>(4), reader.GetString(5)),
        OpensIn = TimeSpan.FromSeconds(reader.GetDouble(6)),
        NextProbe = Time(reader, 7),
        HaltReason = Text(reader, 8),
        NextDue = Time(reader, 9),
        HasLeased = reader.GetBoolean(10),
        HasReady = reader.GetBoolean(11),
        HasCalls = reader.GetBoolean(12),
        IsTaken = reader.GetBoolean(13),
        Workers = reader.GetInt64(14),
        HasRivals = reader.GetBoolean(15),
        Models = reader.GetFieldValue<string[]>(16),
        LastError = Text(reader, 17),
        Budget = reader.IsDBNull(18) ? null : new TightBudget(reader.GetString(18), reader.GetDecimal(19), reader.GetDecimal(20), reader.GetDecimal(21)),
    };

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    // An item that is due at once is due since minus infinity, which a date and time reads as its least value.
    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : new DateTimeOffset(reader.GetFieldValue<DateTime>(column), TimeSpan.Zero);
}
