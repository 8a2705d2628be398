using System.Text.Json;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Deadlines;
using Darkroom.Jobs.Throttling;
using Darkroom.Jobs.Waits;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>Paces and deadlines in PostgreSQL.</summary>
public sealed class PostgresForecastStore(NpgsqlDataSource database, LimitScope scope, IWaits waits, LeastTime? least = null) : IForecastStore
{
    /// <inheritdoc/>
    public async Task<BatchForecast?> GetAsync(string batchId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ForecastSql.Get).With(scope.Id).With(batchId);
        return (await ReadAsync(command, cancellationToken)).FirstOrDefault();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BatchForecast>> ListWithDeadlineAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ForecastSql.ListWithDeadline).With(scope.Id);
        return await ReadAsync(command, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> NoteAsync(string batchId, DeadlineVerdict verdict, CancellationToken cancellationToken)
    {
        if (verdict == DeadlineVerdict.Nothing) return false;
        await using var command = database.CreateCommand(verdict == DeadlineVerdict.Missed ? ForecastSql.NoteMissed : ForecastSql.NoteRisk).With(batchId);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private async Task<List<BatchForecast>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var forecasts = new List<BatchForecast>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) forecasts.Add(Read(reader));
        }

        var known = await waits.GetAsync([.. forecasts.Select(forecast => forecast.BatchId)], cancellationToken);
        return forecasts.ConvertAll(forecast => known.TryGetValue(forecast.BatchId, out var waiting) ? forecast with { Waits = waiting } : forecast);
    }

    private BatchForecast Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), StateNames.ParseBatchState(reader.GetString(1)), reader.GetFieldValue<DateTimeOffset>(2), Time(reader, 3), reader.GetInt64(4), reader.GetInt64(5),
        Time(reader, 6), Time(reader, 7), Time(reader, 8), Time(reader, 9))
    {
        InFlight = reader.GetInt64(10),
        InFlightSince = Time(reader, 11),
        Hours = reader.IsDBNull(13) ? null : new BatchHours(reader.GetFieldValue<TimeOnly>(13), reader.GetFieldValue<TimeOnly>(14), reader.GetString(15)),
        Least = Json<OpenCalls>(reader, 16) is { } open ? least?.Of(open, reader.IsDBNull(12) ? null : reader.GetDouble(12), Json<LearnedLimit>(reader, 17)) : null,
    };

    private static List<T>? Json<T>(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : JsonSerializer.Deserialize<List<T>>(reader.GetString(column), JsonSerializerOptions.Web);

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}
