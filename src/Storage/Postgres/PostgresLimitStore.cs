using System.Collections.Concurrent;
using System.Data;
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
            .With("group", await KeyAsync(group, cancellationToken)).With("process_id", processId).WithNullable("max_in_flight", NpgsqlDbType.Integer, limits.MaxInFlight)
            .With("dimensions", Dimensions).With("takes_several", TakesSeveral).With("rates", rates).With("costs", costs).With("horizon", horizon.TotalSeconds)
            .With("window", limits.Window.TotalSeconds).With("margin", limits.Margin).With("learns", limits.Learn);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var delays = new List<TimeSpan>();
        var retryIn = TimeSpan.Zero;
        var putOff = TimeSpan.Zero;
        TimeSpan? serverTime = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.GetInt32("call") == 0) retryIn = Seconds(reader, "delay");
            else delays.Add(Seconds(reader, "delay"));
            serverTime = Seconds(reader, "server_at");
            putOff = Seconds(reader, "put_off");
        }

        return new StartReservation(delays, retryIn) { At = serverTime, PutOff = putOff };
    }

    /// <inheritdoc/>
    public async Task BeganLateAsync(string group, LateStarts late, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LimitSql.BeganLate)
            .With("group", scope.KeyOf(group)).With("until", late.Until.TotalSeconds).With("dimensions", Dimensions).With("units", UnitsOf(late.Calls, late.Cost));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task SettleAsync(string group, long processId, int slots, long tokens, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LimitSql.Settle)
            .With("group", scope.KeyOf(group)).With("process_id", processId).With("slots", slots).With("tokens", (double)tokens);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task LearnAsync(LimitNews news, CancellationToken cancellationToken)
    {
        var key = await KeyAsync(news.Group, cancellationToken);
        await using var learn = database.CreateBatch().Add(LimitSql.Learn, command => command
            .With("group", key).With("dimensions", news.PerMinute.Keys.ToArray()).With("limits", news.PerMinute.Values.ToArray())
            .With("kind", news.Kind.ToString().ToLowerInvariant()).With("hold", news.Hold.TotalSeconds));
        if (news.Told is { } hold && news.Hold >= LeastTold)
        {
            learn.Add(LimitSql.TellHold, command => command
                .With("group", key).With("hold", news.Hold.TotalSeconds).With("asked", hold.Asked.TotalSeconds)
                .WithNullable("status", NpgsqlDbType.Smallint, (short?)hold.Status).With("words", hold.Words));
        }

        await learn.ExecuteNonQueryAsync(cancellationToken);
        if (news.Others.Count == 0) return;
        await using var told = database.CreateCommand(LimitSql.Tell)
            .With("group", key).With("names", news.Others.Keys.ToArray()).With("limits", news.Others.Values.Select(other => other.Limit).ToArray())
            .With("remaining", news.Others.Values.Select(other => other.Remaining).ToArray())
            .With("resets", news.Others.Values.Select(other => other.Reset?.TotalSeconds).ToArray());
        await told.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<TimeSpan?> ProvenAgoAsync(string endpoint, string model, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BreakerSql.IsProven).With("endpoint", endpoint).With("model", model);
        return await command.ExecuteScalarAsync(cancellationToken) is TimeSpan ago ? ago : null;
    }

    /// <inheritdoc/>
    public async Task ProveAsync(string endpoint, string model, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(BreakerSql.Prove).With("endpoint", endpoint).With("model", model);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task SucceededAsync(string group, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LimitSql.Succeeded).With("group", scope.KeyOf(group));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<TimeSpan> RefusedAsync(string group, string batchId, LimitRefusal refusal, TimeSpan gap, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LimitSql.Refused)
            .With("group", await KeyAsync(group, cancellationToken)).With("batch_id", batchId).With("wait", refusal.Wait.TotalSeconds).With("gap", gap.TotalSeconds)
            .With("words", refusal.Words);
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
        await using (var command = new NpgsqlCommand(LimitSql.Forget, connection).With("scope", scope.Id).WithNullable("name", NpgsqlDbType.Text, group))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                forgotten.Add(new ForgottenLimit(
                    reader.GetString("name"), reader.GetString("dimension"), reader.ValueOrNull<double>("learned"), reader.TextOrNull("source"),
                    Seconds(reader, "held"), reader.GetDouble("slowed_to")));
        }

        await Audit.NoteAsync(
            connection, by, "limits.forget", batchId: null, new { group, endpoint = scope.Endpoint, key = scope.KeyName, forgotten = forgotten.Count }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return forgotten;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LimitState>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LimitSql.Read).With("scope", scope.Id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var states = new List<LimitState>();
        while (await reader.ReadAsync(cancellationToken))
        {
            states.Add(new LimitState(
                reader.GetString("name"), reader.GetString("dimension"), reader.ValueOrNull<double>("per_minute"), reader.ValueOrNull<double>("learned"),
                reader.TextOrNull("learned_from"), reader.IsDBNull("learned_ago") ? null : Seconds(reader, "learned_ago"),
                reader.GetDouble("used"), Seconds(reader, "next_in"), reader.GetDouble("slowed_to"), reader.GetDouble("throttled"), reader.GetInt64("in_flight"))
            {
                Endpoint = reader.TextOrNull("endpoint"),
                KeyName = reader.TextOrNull("key_name"),
                IsOurs = reader.IsDBNull("scope") || reader.GetString("scope") == scope.Id,
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
            await using var command = database.CreateCommand(LimitSql.Name)
                .With("group", key).With("name", group).With("scope", scope.Id).With("endpoint", scope.Endpoint).With("key_name", scope.KeyName);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        return _keys[group] = key;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LimitHold>> ReadHoldsAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LimitSql.ReadHolds).With("scope", scope.Id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var holds = new List<LimitHold>();
        while (await reader.ReadAsync(cancellationToken))
        {
            holds.Add(new LimitHold(
                reader.GetString("name"), reader.Time("since"), reader.Time("until"), Seconds(reader, "asked"), Seconds(reader, "held"),
                reader.ValueOrNull<short>("status"), reader.GetString("words")));
        }

        return holds;
    }

    private static double[] UnitsOf(int calls, CallCost cost) => [calls, cost.Images, cost.InputImages, cost.Tokens];

    private static TimeSpan Seconds(NpgsqlDataReader reader, string column) => TimeSpan.FromSeconds(reader.GetDouble(column));
}
