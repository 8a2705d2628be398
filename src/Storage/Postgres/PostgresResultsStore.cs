using System.Data;
using Darkroom.Jobs.Results;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>Due results in PostgreSQL.</summary>
public sealed class PostgresResultsStore(NpgsqlDataSource database) : IResultsStore
{
    /// <inheritdoc/>
    public async Task<DueResults?> ClaimAsync(long processId, string? batchId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ResultsSql.Claim).With("process_id", processId).WithNullable("batch_id", NpgsqlDbType.Text, batchId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new DueResults(reader.GetString("id"), reader.Time("finished_at")) : null;
    }

    /// <inheritdoc/>
    public async Task FinishAsync(DueResults due, long processId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ResultsSql.Finish).With("batch_id", due.BatchId).With("process_id", processId).With("finished_at", due.FinishedAt);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task ReleaseAsync(DueResults due, long processId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ResultsSql.Release).With("batch_id", due.BatchId).With("process_id", processId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
