using Darkroom.Jobs.Lanes;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>Lanes in PostgreSQL.</summary>
public sealed class PostgresLaneStore(NpgsqlDataSource database) : ILaneStore
{
    // The index that holds a process to one running lane of a batch.
    private const string OneRunning = "lane_running";

    /// <inheritdoc/>
    public async Task<bool> HasWorkAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LaneSql.HasWork);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<QueuedLane>> PlanAsync(TimeSpan queuedTime, long? processId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            await using (var turn = new NpgsqlCommand(LaneSql.TakeTurn, connection)) await turn.ExecuteNonQueryAsync(cancellationToken);
            var lanes = new List<QueuedLane>();
            await using (var plan = new NpgsqlCommand(LaneSql.Plan, connection).With(queuedTime).WithNullable(NpgsqlDbType.Bigint, processId))
            await using (var reader = await plan.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken)) lanes.Add(new QueuedLane(reader.GetInt64(0), reader.GetString(1), reader.GetInt16(2)));
            }

            await transaction.CommitAsync(cancellationToken);
            return lanes;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            // Another one plans, or has for long held what is needed; the next sweep looks again.
            return [];
        }
    }

    /// <inheritdoc/>
    public async Task<string?> StartAsync(long laneId, long processId, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand(LaneSql.Start).With(laneId).With(processId);
            return (string?)await command.ExecuteScalarAsync(cancellationToken);
        }
        catch (PostgresException exception) when (exception.ConstraintName == OneRunning)
        {
            // Another lane of the batch began here in the same moment.
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<long> StartOwnAsync(string batchId, long processId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LaneSql.StartOwn).With(batchId).With(processId);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <inheritdoc/>
    public Task EndAsync(long laneId, CancellationToken cancellationToken) => ExecuteAsync(LaneSql.End, laneId, cancellationToken);

    /// <inheritdoc/>
    public async Task DeclineAsync(long laneId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LaneSql.Decline).With(laneId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task TellAsync(string batchId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LaneSql.Tell).With(batchId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task RequeueAsync(long laneId, CancellationToken cancellationToken) => ExecuteAsync(LaneSql.Requeue, laneId, cancellationToken);

    private async Task ExecuteAsync(string sql, long laneId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql).With(laneId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
