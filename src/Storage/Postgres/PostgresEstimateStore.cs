using System.Data;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Estimates;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>Estimates in PostgreSQL.</summary>
public sealed class PostgresEstimateStore(NpgsqlDataSource database) : IEstimateStore
{
    /// <inheritdoc/>
    public async Task<BatchEstimate?> GetAsync(string batchId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(EstimateSql.Get).With("batch_id", batchId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var groups = new List<MeasuredGroup>();
        while (await reader.ReadAsync(cancellationToken))
        {
            groups.Add(new MeasuredGroup(
                reader.GetInt64("items"), reader.GetInt64("unpriced"), reader.GetDecimal("expected_usd"), reader.GetDecimal("worst_usd"),
                reader.GetInt64("measured_items"), reader.GetDecimal("measured_usd")));
        }

        return groups.Count == 0 ? null : BatchEstimate.Of(groups);
    }

    /// <summary>Writes a batch's estimate in its import's transaction.</summary>
    internal static async Task WriteAsync(NpgsqlConnection connection, NewBatch batch, CancellationToken cancellationToken)
    {
        var groups = batch.Estimate;
        await using var command = new NpgsqlCommand(EstimateSql.Write, connection)
            .With("batch_id", batch.Id)
            .With("models", groups.Select(group => group.Key.Model).ToArray())
            .With("sizes", groups.Select(group => group.Key.Size).ToArray())
            .With("qualities", groups.Select(group => group.Key.Quality).ToArray())
            .With("ns", groups.Select(group => group.Key.N).ToArray())
            .With("items", groups.Select(group => group.Sum.Items).ToArray())
            .With("unpriced", groups.Select(group => group.Sum.UnpricedItems).ToArray())
            .With("expected", groups.Select(group => group.Sum.ExpectedUsd).ToArray())
            .With("worst", groups.Select(group => group.Sum.WorstUsd).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
