using Darkroom.Jobs.Browsing;
using Darkroom.Jobs.Costs;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>Answers what pages ask, from PostgreSQL.</summary>
public sealed class PostgresBatchInsight(NpgsqlDataSource database) : IBatchInsight
{
    private const int PaceSteps = 30;
    private const int HistorySteps = 60;

    private static readonly TimeSpan PaceStepLength = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, BatchTerms>> GetTermsAsync(IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken)
    {
        var terms = new Dictionary<string, BatchTerms>(StringComparer.Ordinal);
        if (batchIds.Count == 0) return terms;
        await using var command = database.CreateCommand(InsightSql.Terms).With(batchIds.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            terms.Add(reader.GetString(0), new BatchTerms(
                reader.GetString(0),
                reader.IsDBNull(1) ? null : reader.GetDecimal(1),
                reader.IsDBNull(2) ? null : reader.GetDecimal(2),
                reader.GetDecimal(3),
                reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4),
                ItemJson.ReadMap(reader.GetString(5)),
                reader.GetFieldValue<string[]>(6)));
        }

        return terms;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, BatchPace>> GetPacesAsync(IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken)
    {
        var paces = new Dictionary<string, (DateTimeOffset From, Dictionary<int, (long, decimal)> Steps)>(StringComparer.Ordinal);
        if (batchIds.Count == 0) return new Dictionary<string, BatchPace>(StringComparer.Ordinal);
        await using var command = database.CreateCommand(InsightSql.Paces).With(batchIds.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetString(0);
            if (!paces.TryGetValue(id, out var pace)) paces.Add(id, pace = (reader.GetFieldValue<DateTimeOffset>(1), []));
            // What ended at this very instant belongs to the last step.
            var at = Math.Min(reader.GetInt32(2), PaceSteps - 1);
            pace.Steps[at] = (pace.Steps.GetValueOrDefault(at).Item1 + reader.GetInt64(3), 0);
        }

        return paces.ToDictionary(pace => pace.Key, pace => Pace(pace.Value.From, PaceStepLength, PaceSteps, pace.Value.Steps), StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public async Task<BatchPace?> GetHistoryAsync(string batchId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(InsightSql.History).With(batchId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var steps = new Dictionary<int, (long, decimal)>();
        (DateTimeOffset From, TimeSpan Step)? span = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            span = (reader.GetFieldValue<DateTimeOffset>(0), TimeSpan.FromSeconds(reader.GetDouble(1)));
            if (!reader.IsDBNull(2)) steps[reader.GetInt32(2)] = (reader.GetInt64(3), reader.GetDecimal(4));
        }

        return span is { } found ? Pace(found.From, found.Step, HistorySteps, steps) : null;
    }

    /// <inheritdoc/>
    public async Task<Spending> GetSpendingAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(InsightSql.Spending);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new Spending(
            reader.GetDecimal(0), reader.GetDecimal(1), reader.GetDecimal(2), reader.GetInt64(3), reader.GetDecimal(4), reader.GetDecimal(5), reader.GetDecimal(6), reader.GetInt64(7))
        {
            EstimatedUsd = reader.GetDecimal(8),
        };
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BudgetStanding>> ListBudgetsAsync(decimal? dayUsd, decimal? monthUsd, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(InsightSql.Budgets).WithNullable(NpgsqlDbType.Numeric, dayUsd).WithNullable(NpgsqlDbType.Numeric, monthUsd);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var budgets = new List<BudgetStanding>();
        while (await reader.ReadAsync(cancellationToken))
        {
            budgets.Add(new BudgetStanding(
                Enum.Parse<BudgetScope>(reader.GetString(0), ignoreCase: true), reader.IsDBNull(1) ? null : reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.GetDecimal(3), reader.GetDecimal(4), reader.GetDecimal(5), reader.GetDecimal(6))
            {
                EstimatedUsd = reader.GetDecimal(7),
            });
        }

        return budgets;
    }

    /// <inheritdoc/>
    public async Task<ReuseSavings> GetReuseAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(InsightSql.Reuse);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new ReuseSavings(reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetDecimal(1));
    }

    /// <inheritdoc/>
    public async Task<SpendYield> GetYieldAsync(DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(InsightSql.Yield).WithNullable(NpgsqlDbType.Date, from).WithNullable(NpgsqlDbType.Date, to);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new SpendYield(reader.GetInt64(0), reader.GetDecimal(1), reader.GetDecimal(2));
    }

    /// <inheritdoc/>
    public async Task<(IReadOnlyList<CostReportRow> Groups, long All)> ListDearestAsync(ReportDimension by, DateOnly from, DateOnly to, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LedgerSql.Dearest(by))
            .WithNullable(NpgsqlDbType.Date, from).WithNullable(NpgsqlDbType.Date, to).With(new[] { by.Tag ?? "" }).With(limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (groups, all) = (new List<CostReportRow>(), 0L);
        while (await reader.ReadAsync(cancellationToken))
        {
            groups.Add(PostgresLedgerStore.ReadGroup(reader, [by]));
            all = reader.GetInt64(reader.FieldCount - 1);
        }

        return (groups, all);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DaySpend>> ListDaysAsync(ReportDimension by, DateOnly from, DateOnly to, IReadOnlyCollection<string?> named, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LedgerSql.Days(by))
            .WithNullable(NpgsqlDbType.Date, from).WithNullable(NpgsqlDbType.Date, to).With(new[] { by.Tag ?? "" }).With(named.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var days = new List<DaySpend>();
        while (await reader.ReadAsync(cancellationToken))
            days.Add(new DaySpend(reader.GetFieldValue<DateOnly>(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetBoolean(2), reader.GetDecimal(3)));
        return days;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ProcessRow>> ListProcessesAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(InsightSql.Processes);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<ProcessRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new ProcessRow(
                reader.GetInt64(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3), reader.GetBoolean(4), reader.GetFieldValue<DateTimeOffset>(5),
                TimeSpan.FromSeconds(reader.GetDouble(6)), reader.GetInt64(7), reader.GetInt64(8)));
        }

        return rows;
    }

    private static BatchPace Pace(DateTimeOffset from, TimeSpan step, int count, Dictionary<int, (long Ended, decimal Usd)> found) =>
        new(from, step, [.. Enumerable.Range(0, count).Select(at => new PaceStep(from + (at * step), found.GetValueOrDefault(at).Ended, found.GetValueOrDefault(at).Usd))]);
}
