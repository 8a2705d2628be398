using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>The ledger in PostgreSQL.</summary>
public sealed class PostgresLedgerStore(NpgsqlDataSource database) : ILedgerStore
{
    private const int MostFolded = 20_000;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CostReportRow>> ReportAsync(
        IReadOnlyList<ReportDimension> dimensions, DateOnly? from, DateOnly? to, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LedgerSql.Report(dimensions))
            .WithNullable(NpgsqlDbType.Date, from).WithNullable(NpgsqlDbType.Date, to)
            .With(dimensions.Select(dimension => dimension.Tag ?? "").ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<CostReportRow>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(ReadGroup(reader, dimensions));
        return rows;
    }

    /// <summary>Reads a group of a report: its keys, and its sums behind them.</summary>
    internal static CostReportRow ReadGroup(NpgsqlDataReader reader, IReadOnlyList<ReportDimension> dimensions)
    {
        var (keys, sums) = (new Dictionary<string, string?>(StringComparer.Ordinal), dimensions.Count);
        for (var at = 0; at < sums; at++) keys[dimensions[at].Name] = reader.IsDBNull(at) ? null : reader.GetString(at);
        return new CostReportRow(
            keys,
            reader.GetInt64(sums),
            new TokenUsage(reader.GetInt64(sums + 1), reader.GetInt64(sums + 2), reader.GetInt64(sums + 3), reader.GetInt64(sums + 4)),
            reader.GetDecimal(sums + 5),
            reader.GetDecimal(sums + 6),
            reader.GetInt64(sums + 7))
        {
            EstimatedUsd = reader.GetDecimal(sums + 8),
        };
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LedgerRow>> ReadAsync(LedgerRange range, long afterId, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LedgerSql.Read)
            .With(afterId).With(limit).WithNullable(NpgsqlDbType.Date, range.From).WithNullable(NpgsqlDbType.Date, range.To)
            .WithNullable(NpgsqlDbType.Text, range.BatchId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<LedgerRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new LedgerRow(
                reader.GetInt64(0),
                reader.GetFieldValue<DateOnly>(1),
                reader.GetString(2),
                reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetString(4),
                new TokenUsage(reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7), reader.GetInt64(8)),
                reader.GetInt32(9),
                EditOptions.Parse(reader.GetString(10)),
                reader.IsDBNull(11) ? null : reader.GetDecimal(11),
                reader.IsDBNull(12) ? null : new LedgerAsked(reader.GetInt32(12), reader.GetInt32(13), reader.GetBoolean(14))));
        }

        return rows;
    }

    /// <inheritdoc/>
    public async Task ApplyAsync(IReadOnlyList<PriceChange> changes, string priceBook, CancellationToken cancellationToken)
    {
        decimal?[] before = [.. changes.Select(change => change.Before)];
        decimal?[] after = [.. changes.Select(change => change.After.CostUsd)];
        var tokens = changes.Select(change => change.After.Tokens).ToList();
        await using var command = database.CreateCommand(LedgerSql.Reprice)
            .With(changes.Select(change => change.LedgerId).ToArray()).With(before).With(after).With(priceBook)
            .With(changes.Select(change => change.After.Kind).ToArray())
            .With(tokens.Select(t => t.InputText).ToArray()).With(tokens.Select(t => t.InputImage).ToArray())
            .With(tokens.Select(t => t.OutputText).ToArray()).With(tokens.Select(t => t.OutputImage).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> FoldAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LedgerSql.Fold).With(MostFolded);
        return await command.ExecuteScalarAsync(cancellationToken) is long folded && folded >= MostFolded;
    }
}
