using System.Data;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Telemetry;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>The queue in PostgreSQL, seen from outside.</summary>
public sealed class PostgresQueueStore(NpgsqlDataSource database) : IQueueStore
{
    /// <inheritdoc/>
    public async Task<QueueDepth> GetDepthAsync(CancellationToken cancellationToken)
    {
        await using var commands = database.CreateBatch().Add(QueueSql.LiveProcesses, _ => { }).Add(QueueSql.Depth, _ => { });
        await using var reader = await commands.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var processes = reader.GetInt64("processes");
        await reader.NextResultAsync(cancellationToken);
        var (oldest, due, batches) = (TimeSpan.Zero, 0L, new Dictionary<BatchState, long>());
        while (await reader.ReadAsync(cancellationToken))
        {
            batches[StateNames.ParseBatchState(reader.GetString("state"))] = reader.GetInt64("batches");
            if (reader.ValueOrNull<double>("age") is { } seconds && TimeSpan.FromSeconds(Math.Max(0, seconds)) is var age && age > oldest) oldest = age;
            due += reader.GetInt64("due");
        }

        return new QueueDepth(oldest, due, processes, batches);
    }
}
