using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>Puts counts and cost to batches, from what is kept of them; no item is looked at.</summary>
internal static class BatchSums
{
    /// <summary>Puts them to batches, in the same order.</summary>
    public static async Task<IReadOnlyList<BatchStatus>> AddAsync(NpgsqlDataSource database, IReadOnlyList<Batch> batches, CancellationToken cancellationToken)
    {
        if (batches.Count == 0) return [];
        var byId = batches.ToDictionary(batch => batch.Id, StringComparer.Ordinal);
        var found = new Dictionary<string, BatchStatus>(StringComparer.Ordinal);
        await using var command = database.CreateCommand(TallySql.Sums).With(byId.Keys.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetString(0);
            found[id] = new BatchStatus(
                byId[id],
                new ItemCounts(
                    reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4),
                    reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7), reader.GetInt64(8)),
                new TokenUsage(reader.GetInt64(9), reader.GetInt64(10), reader.GetInt64(11), reader.GetInt64(12)),
                reader.GetDecimal(13),
                reader.GetDecimal(14),
                reader.GetInt64(15))
            {
                EstimatedUsd = reader.GetDecimal(16),
            };
        }

        return [.. batches.Select(batch => found[batch.Id])];
    }
}
