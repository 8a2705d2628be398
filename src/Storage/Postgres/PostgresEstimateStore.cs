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
        await using var command = database.CreateCommand(EstimateSql.Get).With(batchId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var groups = new List<MeasuredGroup>();
        while (await reader.ReadAsync(cancellationToken))
        {
            groups.Add(new MeasuredGroup(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetDecimal(2), reader.GetDecimal(3), reader.GetInt64(4), reader.GetDecimal(5)));
        }

        return groups.Count == 0 ? null : BatchEstimate.Of(groups);
    }

    /// <summary>Writes a batch's estimate in its import's transaction.</summary>
    internal static async Task WriteAsync(NpgsqlConnection connection, NewBatch batch, CancellationToken cancellationToken)
    {
        var groups = batch.Estimate;
        await using var command = new NpgsqlCommand(EstimateSql.Write, connection)
            .With(batch.Id)
            .With(groups.Select(group => group.Key.Model).ToArray())
            .With(groups.Select(group => group.Key.Size).ToArray())
            .With(groups.Select(group => group.Key.Quality).ToArray())
            .With(groups.Select(group => group.Key.N).ToArray())
            .With(groups.Select(group => group.Sum.Items).ToArray())
            .With(groups.Select(group => group.Sum.UnpricedItems).ToArray())
            .With(groups.Select(group => group.Sum.ExpectedUsd).ToArray())
            .With(groups.Select(group => group.Sum.WorstUsd).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
