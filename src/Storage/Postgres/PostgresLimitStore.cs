using Darkroom.Jobs.Throttling;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>Limits in PostgreSQL, shared by all processes.</summary>
public sealed class PostgresLimitStore(NpgsqlDataSource database) : ILimitStore
{
    // Calls are always counted, limited or not: a hold is a time before which no call may start.
    private static readonly string[] Dimensions = [LimitDimension.Requests, LimitDimension.Images, LimitDimension.InputImages, LimitDimension.Tokens];

    /// <inheritdoc/>
    public async Task<StartReservation> ReserveAsync(
        string group, long processId, GroupLimits limits, IReadOnlyList<CallCost> calls, TimeSpan horizon, CancellationToken cancellationToken)
    {
        double?[] rates = [limits.RequestsPerMinute, limits.ImagesPerMinute, limits.InputImagesPerMinute, limits.TokensPerMinute];
        var costs = new double[calls.Count * Dimensions.Length];
        for (var at = 0; at < calls.Count; at++)
        {
            costs[at * Dimensions.Length] = 1;
            costs[(at * Dimensions.Length) + 1] = calls[at].Images;
            costs[(at * Dimensions.Length) + 2] = calls[at].InputImages;
            costs[(at * Dimensions.Length) + 3] = calls[at].Tokens;
        }

        await using var command = database.CreateCommand(LimitSql.Reserve)
            .With(group).With(processId).WithNullable(NpgsqlDbType.Integer, limits.MaxInFlight)
            .With(Dimensions).With(rates).With(costs).With(horizon.TotalSeconds);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var delays = new List<TimeSpan>();
        var retryIn = TimeSpan.Zero;
        while (await reader.ReadAsync(cancellationToken))
        {
            var time = TimeSpan.FromSeconds(reader.GetDouble(1));
            if (reader.GetInt32(0) == 0) retryIn = time;
            else delays.Add(time);
        }

        return new StartReservation(delays, retryIn);
    }

    /// <inheritdoc/>
    public async Task ReleaseSlotsAsync(string group, long processId, int slots, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LimitSql.ReleaseSlots).With(group).With(processId).With(slots);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task HoldAsync(string group, TimeSpan time, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LimitSql.Hold).With(group).With(time);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
