using System.Data;
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
        await using var command = database.CreateCommand(ForecastSql.Get).With("scope", scope.Id).With("batch_id", batchId);
        return (await ReadAsync(command, cancellationToken)).FirstOrDefault();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BatchForecast>> ListWithDeadlineAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ForecastSql.ListWithDeadline).With("scope", scope.Id);
        return await ReadAsync(command, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> NoteAsync(string batchId, DeadlineVerdict verdict, CancellationToken cancellationToken)
    {
        if (verdict == DeadlineVerdict.Nothing) return false;
        await using var command = database.CreateCommand(verdict == DeadlineVerdict.Missed ? ForecastSql.NoteMissed : ForecastSql.NoteRisk).With("batch_id", batchId);
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
        reader.GetString("id"), StateNames.ParseBatchState(reader.GetString("state")), reader.Time("at"), reader.ValueOrNull<DateTimeOffset>("finished_at"),
        reader.GetInt64("open"), reader.GetInt64("ended"), reader.ValueOrNull<DateTimeOffset>("ended_since"), reader.ValueOrNull<DateTimeOffset>("deadline"),
        reader.ValueOrNull<DateTimeOffset>("deadline_risk_at"), reader.ValueOrNull<DateTimeOffset>("deadline_missed_at"))
    {
        InFlight = reader.GetInt64("calls"),
        InFlightSince = reader.ValueOrNull<DateTimeOffset>("calls_since"),
        Hours = reader.IsDBNull("window_from") ? null
            : new BatchHours(reader.GetFieldValue<TimeOnly>("window_from"), reader.GetFieldValue<TimeOnly>("window_to"), reader.GetString("window_zone")),
        Least = Json<OpenCalls>(reader, "open_calls") is { } open ? least?.Of(open, reader.ValueOrNull<double>("max_images_per_minute"), Json<LearnedLimit>(reader, "learned")) : null,
    };

    private static List<T>? Json<T>(NpgsqlDataReader reader, string column) =>
        reader.TextOrNull(column) is { } json ? JsonSerializer.Deserialize<List<T>>(json, JsonSerializerOptions.Web) : null;
}
