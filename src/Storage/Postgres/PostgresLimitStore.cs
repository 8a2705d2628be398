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

    // Shorter waits are over before anybody has read of them.
    private static readonly TimeSpan LeastTold = TimeSpan.FromSeconds(2);

    // Where a call takes several units at once that a window must have room for. Tokens are estimates, and calls are single.
    private static readonly bool[] Lumpy = [false, true, true, false];

    /// <inheritdoc/>
    public async Task<StartReservation> ReserveAsync(
        string group, long processId, GroupLimits limits, IReadOnlyList<CallCost> calls, TimeSpan horizon, CancellationToken cancellationToken)
    {
        double?[] rates = [limits.RequestsPerMinute, limits.ImagesPerMinute, limits.InputImagesPerMinute, limits.TokensPerMinute];
        var costs = calls.SelectMany(call => UnitsOf(1, call)).ToArray();
        await using var command = database.CreateCommand(LimitSql.Reserve)
            .With(group).With(processId).WithNullable(NpgsqlDbType.Integer, limits.MaxInFlight)
            .With(Dimensions).With(Lumpy).With(rates).With(costs).With(horizon.TotalSeconds)
            .With(limits.Window.TotalSeconds).With(limits.Margin).With(limits.Learn);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var delays = new List<TimeSpan>();
        var retryIn = TimeSpan.Zero;
        var putOff = TimeSpan.Zero;
        TimeSpan? serverTime = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            var time = TimeSpan.FromSeconds(reader.GetDouble(1));
            if (reader.GetInt32(0) == 0) retryIn = time;
            else delays.Add(time);
            serverTime = TimeSpan.FromSeconds(reader.GetDouble(2));
            putOff = TimeSpan.FromSeconds(reader.GetDouble(3));
        }

        return new StartReservation(delays, retryIn) { At = serverTime, PutOff = putOff };
    }

    /// <inheritdoc/>
    public async Task BeganLateAsync(string group, LateStarts late, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LimitSql.BeganLate)
            .With(group).With(late.Until.TotalSeconds).With(Dimensions).With(UnitsOf(late.Calls, late.Cost));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task SettleAsync(string group, long processId, int slots, long tokens, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LimitSql.Settle).With(group).With(processId).With(slots).With((double)tokens);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task LearnAsync(LimitNews news, CancellationToken cancellationToken)
    {
        await using var learn = database.CreateBatch().Add(LimitSql.Learn, command => command
            .With(news.Group).With(news.PerMinute.Keys.ToArray()).With(news.PerMinute.Values.ToArray())
            .With(news.Kind.ToString().ToLowerInvariant()).With(news.Hold.TotalSeconds));
        if (news.Told is { } hold && news.Hold >= LeastTold)
        {
            learn.Add(LimitSql.TellHold, command => command
                .With(news.Group).With(news.Hold.TotalSeconds).With(hold.Asked.TotalSeconds).WithNullable(NpgsqlDbType.Smallint, (short?)hold.Status).With(hold.Words));
        }

        await learn.ExecuteNonQueryAsync(cancellationToken);
        if (news.Others.Count == 0) return;
        await using var told = database.CreateCommand(LimitSql.Tell)
            .With(news.Group).With(news.Others.Keys.ToArray()).With(news.Others.Values.Select(other => other.Limit).ToArray())
            .With(news.Others.Values.Select(other => other.Remaining).ToArray()).With(news.Others.Values.Select(other => other.Reset?.TotalSeconds).ToArray());
        await told.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LimitState>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LimitSql.Read);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var states = new List<LimitState>();
        while (await reader.ReadAsync(cancellationToken))
        {
            states.Add(new LimitState(
                reader.GetString(0), reader.GetString(1), Number(reader, 2), Number(reader, 3), reader.IsDBNull(4) ? null : reader.GetString(4),
                Number(reader, 5) is { } ago ? TimeSpan.FromSeconds(ago) : null,
                reader.GetDouble(6), TimeSpan.FromSeconds(reader.GetDouble(7)), reader.GetDouble(8), reader.GetDouble(9), reader.GetInt64(10)));
        }

        return states;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LimitHold>> ReadHoldsAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LimitSql.ReadHolds);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var holds = new List<LimitHold>();
        while (await reader.ReadAsync(cancellationToken))
        {
            holds.Add(new LimitHold(
                reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetFieldValue<DateTimeOffset>(2), TimeSpan.FromSeconds(reader.GetDouble(3)),
                TimeSpan.FromSeconds(reader.GetDouble(4)), reader.IsDBNull(5) ? null : reader.GetInt16(5), reader.GetString(6)));
        }

        return holds;
    }

    private static double[] UnitsOf(int calls, CallCost cost) => [calls, cost.Images, cost.InputImages, cost.Tokens];

    private static double? Number(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);
}
