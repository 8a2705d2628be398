using System.Data;
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
            .With("batch_ids", batchIds.ToArray()).WithNullable("day_cap", NpgsqlDbType.Numeric, budgets.DayUsd).WithNullable("month_cap", NpgsqlDbType.Numeric, budgets.MonthUsd);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var signs = new List<WaitSigns>();
        while (await reader.ReadAsync(cancellationToken)) signs.Add(Read(reader));
        return signs;
    }

    private static WaitSigns Read(NpgsqlDataReader reader) => new(reader.GetString("id"), StateNames.ParseBatchState(reader.GetString("state")), reader.Time("at"))
    {
        Hours = reader.IsDBNull("window_from") ? null
            : new BatchHours(reader.GetFieldValue<TimeOnly>("window_from"), reader.GetFieldValue<TimeOnly>("window_to"), reader.GetString("window_zone")),
        OpensIn = TimeSpan.FromSeconds(reader.GetDouble("opens_in")),
        NextProbe = reader.ValueOrNull<DateTimeOffset>("next_probe"),
        HaltReason = reader.TextOrNull("reason"),
        // An item that is due at once is due since minus infinity, which a DateTime reads as its least value.
        NextDue = reader.ValueOrNull<DateTime>("not_before") is { } due ? new DateTimeOffset(due, TimeSpan.Zero) : null,
        HasLeased = reader.GetBoolean("has_leased"),
        HasReady = reader.GetBoolean("has_ready"),
        HasCalls = reader.GetBoolean("has_calls"),
        IsTaken = reader.GetBoolean("is_taken"),
        Workers = reader.GetInt64("workers"),
        HasRivals = reader.GetBoolean("has_rivals"),
        Models = reader.GetFieldValue<string[]>("models"),
        LastError = reader.TextOrNull("last_error"),
        Budget = reader.IsDBNull("budget") ? null
            : new TightBudget(reader.GetString("budget"), reader.GetDecimal("cap"), reader.GetDecimal("spent_usd"), reader.GetDecimal("reserved_usd")),
    };
}
