using System.Collections.Concurrent;
using Darkroom.Jobs.Access;
using Darkroom.Jobs.Throttling;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>Limits in PostgreSQL, shared by all processes with the same endpoint and key.</summary>
/// <param name="database">The database.</param>
/// <param name="scope">This process's endpoint and key.</param>
public sealed class PostgresLimitStore(NpgsqlDataSource database, LimitScope scope) : ILimitStore
{
    // Calls are always counted, limited or not: a hold is a time before which no call may start.
    private static readonly string[] Dimensions = [LimitDimension.Requests, LimitDimension.Images, LimitDimension.InputImages, LimitDimension.Tokens];

    // Shorter waits are over before anybody has read of them.
    private static readonly TimeSpan LeastTold = TimeSpan.FromSeconds(2);

    // The dimensions in which a call takes several units at once that one window must have room for. A call is one request, and its tokens are an estimate.
    private static readonly bool[] TakesSeveral = [false, true, true, false];

    // Groups whose key the database knows the meaning of.
    private readonly ConcurrentDictionary<string, string> _keys = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task<StartReservation> ReserveAsync(
        string group, long processId, GroupLimits limits, IReadOnlyList<CallCost> calls, TimeSpan horizon, CancellationToken cancellationToken)
    {
        double?[] rates = [limits.RequestsPerMinute, limits.ImagesPerMinute, limits.InputImagesPerMinute, limits.TokensPerMinute];
        var costs = calls.SelectMany(call => UnitsOf(1, call)).ToArray();
        await using var command = database.CreateCommand(LimitSql.Reserve)
            .With(await KeyAsync(group, cancellationToken)).With(processId).WithNullable(NpgsqlDbType.Integer, limits.MaxInFlight)
            .With(Dimensions).With(TakesSeveral).With(rates).With(costs).With(horizon.TotalSeconds)
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
            .With(scope.KeyOf(group)).With(late.Until.TotalSeconds).With(Dimensions).With(UnitsOf(late.Calls, late.Cost));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task SettleAsync(string group, long processId, int slots, long tokens, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LimitSql.Settle).With(scope.KeyOf(group)).With(processId).With(slots).With((double)tokens);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task LearnAsync(LimitNews news, CancellationToken cancellationToken)
    {
        var key = await KeyAsync(news.Group, cancellationToken);
        await using var learn = database.CreateBatch().Add(LimitSql.Learn, command => command
            .With(key).With(news.PerMinute.Keys.ToArray()).With(news.PerMinute.Values.ToArray())
            .With(news.Kind.ToString().ToLowerInvariant()).With(news.Hold.TotalSeconds));
        if (news.Told is { } hold && news.Hold >= LeastTold)
        {
            learn.Add(LimitSql.TellHold, command => command
                .With(key).With(news.Hold.TotalSeconds).With(hold.Asked.TotalSeconds).WithNullable(NpgsqlDbType.Smallint, (short?)hold.Status).With(hold.Words));
        }

        await learn.ExecuteNonQueryAsync(cancellationToken);
        if (news.Others.Count == 0) return;
        await using var told = database.CreateCommand(LimitSql.Tell)
            .With(key).With(news.Others.Keys.ToArray()).With(news.Others.Values.Select(other => other.Limit).ToArray())
            .With(news.Others.Values.Select(other => other.Remaining).ToArray()).With(news.Others.Values.Select(other => other.Reset?.TotalSeconds).ToArray());
        await told.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<TimeSpan?> ProvenAgoAsync(string endpoint, string model, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BreakerSql.IsProven).With(endpoint).With(model);
        return await command.ExecuteScalarAsync(cancellationToken) is TimeSpan ago ? ago : null;
    }

    /// <inheritdoc/>
    public async Task ProveAsync(string endpoint, string model, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BreakerSql.Prove).With(endpoint).With(model);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task SucceededAsync(string group, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LimitSql.Succeeded).With(scope.KeyOf(group));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<TimeSpan> RefusedAsync(string group, string batchId, LimitRefusal refusal, TimeSpan gap, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LimitSql.Refused)
            .With(await KeyAsync(group, cancellationToken)).With(batchId).With(refusal.Wait.TotalSeconds).With(gap.TotalSeconds).With(refusal.Words);
        // Null: the batch is gone.
        return await command.ExecuteScalarAsync(cancellationToken) is not double seconds ? TimeSpan.Zero
            : double.IsInfinity(seconds) ? TimeSpan.MaxValue : TimeSpan.FromSeconds(seconds);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ForgottenLimit>> ForgetAsync(string? group, Actor by, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var forgotten = new List<ForgottenLimit>();
        await using (var command = new NpgsqlCommand(LimitSql.Forget, connection).With(scope.Id).WithNullable(NpgsqlDbType.Text, group))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                forgotten.Add(new ForgottenLimit(
                    reader.GetString(0), reader.GetString(1), Number(reader, 2), reader.IsDBNull(3) ? null : reader.GetString(3),
                    TimeSpan.FromSeconds(reader.GetDouble(4)), reader.GetDouble(5)));
        }

        await Audit.NoteAsync(
            connection, by, "limits.forget", batchId: null, new { group, endpoint = scope.Endpoint, key = scope.KeyName, forgotten = forgotten.Count }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return forgotten;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LimitState>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LimitSql.Read).With(scope.Id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var states = new List<LimitState>();
        while (await reader.ReadAsync(cancellationToken))
        {
            states.Add(new LimitState(
                reader.GetString(0), reader.GetString(1), Number(reader, 2), Number(reader, 3), reader.IsDBNull(4) ? null : reader.GetString(4),
                Number(reader, 5) is { } ago ? TimeSpan.FromSeconds(ago) : null,
                reader.GetDouble(6), TimeSpan.FromSeconds(reader.GetDouble(7)), reader.GetDouble(8), reader.GetDouble(9), reader.GetInt64(10))
            {
                Endpoint = reader.IsDBNull(11) ? null : reader.GetString(11),
                KeyName = reader.IsDBNull(12) ? null : reader.GetString(12),
                IsOurs = reader.IsDBNull(13) || reader.GetString(13) == scope.Id,
            });
        }

        return states;
    }

    private async ValueTask<string> KeyAsync(string group, CancellationToken cancellationToken)
    {
        if (_keys.TryGetValue(group, out var known)) return known;
        var key = scope.KeyOf(group);
        if (LimitScope.Names(group))
        {
            await using var command = database.CreateCommand(LimitSql.Name).With(key).With(group).With(scope.Id).With(scope.Endpoint).With(scope.KeyName);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        return _keys[group] = key;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LimitHold>> ReadHoldsAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LimitSql.ReadHolds).With(scope.Id);
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
