using Darkroom.Jobs.Costs;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>The ledger in PostgreSQL.</summary>
public sealed class PostgresLedgerStore(NpgsqlDataSource database) : ILedgerStore
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<CostReportRow>> ReportAsync(
        IReadOnlyList<ReportDimension> dimensions, DateOnly? from, DateOnly? to, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LedgerSql.Report(dimensions))
            .WithNullable(NpgsqlDbType.Date, from).WithNullable(NpgsqlDbType.Date, to)
            .With(dimensions.Select(dimension => dimension.Tag ?? "").ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<CostReportRow>();
        var sums = dimensions.Count;
        while (await reader.ReadAsync(cancellationToken))
        {
            var keys = new Dictionary<string, string?>(StringComparer.Ordinal);
            for (var at = 0; at < dimensions.Count; at++) keys[dimensions[at].Name] = reader.IsDBNull(at) ? null : reader.GetString(at);
            rows.Add(new CostReportRow(
                keys,
                reader.GetInt64(sums),
                new TokenUsage(reader.GetInt64(sums + 1), reader.GetInt64(sums + 2), reader.GetInt64(sums + 3), reader.GetInt64(sums + 4)),
                reader.GetDecimal(sums + 5),
                reader.GetDecimal(sums + 6),
                reader.GetInt64(sums + 7)));
        }

        return rows;
    }
}
