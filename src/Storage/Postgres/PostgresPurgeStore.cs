using System.Data;
using System.Runtime.CompilerServices;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Retention;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>Purges in PostgreSQL.</summary>
public sealed class PostgresPurgeStore(NpgsqlDataSource database) : IPurgeStore
{
    /// <inheritdoc/>
    public async Task<PurgePlan?> PlanAsync(string batchId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (await LookAsync(connection, batchId, cancellationToken) is not { } found) return null;
        await using var command = new NpgsqlCommand(PurgeSql.Count, connection).With("batch_id", batchId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new PurgePlan(batchId, found.FinishedAt, reader.GetInt64("items"), reader.GetInt64("outputs"), reader.GetInt64("bytes"), reader.GetInt64("uploads"), found.Refusal);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> FindAsync(TimeSpan? age, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(PurgeSql.Find).WithNullable("age", NpgsqlDbType.Interval, age);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<string>();
        while (await reader.ReadAsync(cancellationToken)) found.Add(reader.GetString("id"));
        return found;
    }

    /// <inheritdoc/>
    public async Task<string?> BeginAsync(string batchId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // A retry that was at it is seen by the next statement.
        await using (var hold = new NpgsqlCommand(PurgeSql.Lock, connection).With("batch_id", batchId)) await hold.ExecuteNonQueryAsync(cancellationToken);
        if (await LookAsync(connection, batchId, cancellationToken) is not { } found) return $"There is no batch {batchId}.";
        if (found.Refusal is not null) return found.Refusal;
        await using (var begin = new NpgsqlCommand(PurgeSql.Begin, connection).With("batch_id", batchId)) await begin.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ReadStemsAsync(string batchId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(PurgeSql.ReadStems).With("batch_id", batchId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) yield return AttemptPlace.StemOf(batchId, reader.GetString("output_name"));
    }

    /// <inheritdoc/>
    public async Task<int> RemoveItemsAsync(string batchId, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(PurgeSql.RemoveItems).With("batch_id", batchId).With("limit", limit);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task RemoveBatchAsync(string batchId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(PurgeSql.RemoveBatch).With("batch_id", batchId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IAsyncDisposable?> TryTakeTurnAsync(CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand(PurgeSql.TakeTurn, connection);
            if (await command.ExecuteScalarAsync(cancellationToken) is true) return new Turn(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    private static async Task<(DateTimeOffset? FinishedAt, string? Refusal)?> LookAsync(NpgsqlConnection connection, string batchId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(PurgeSql.Look, connection).With("batch_id", batchId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        var state = StateNames.ParseBatchState(reader.GetString("state"));
        var finishedAt = reader.ValueOrNull<DateTimeOffset>("finished_at");
        var refusal = reader.GetBoolean("is_purging") ? null
            : !state.IsFinal() ? $"Batch {batchId} is {state.ToName()}. Only a batch that has ended can be purged; 'darkroom cancel {batchId}' ends it."
            : reader.GetBoolean("is_open") ? $"Batch {batchId} still has items in flight; wait until they have ended."
            : reader.TextOrNull("sharer") is { } sharer ? $"Batch {batchId} has images that items of batch {sharer} share; purge that one first."
            : null;
        return (finishedAt, refusal);
    }

    private sealed class Turn(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await using (connection)
            {
                // A connection that broke has lost its lock with its session.
                if (connection.FullState != ConnectionState.Open) return;
                await using var command = new NpgsqlCommand(PurgeSql.EndTurn, connection);
                await command.ExecuteScalarAsync();
            }
        }
    }
}
