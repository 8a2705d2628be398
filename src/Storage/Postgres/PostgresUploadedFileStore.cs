using System.Data;
using Darkroom.Jobs.Uploads;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>Uploaded files in PostgreSQL.</summary>
public sealed class PostgresUploadedFileStore(NpgsqlDataSource database) : IUploadedFileStore
{
    /// <inheritdoc/>
    public async Task<IReadOnlySet<string>> GetSharedPathsAsync(string batchId, int leastItems, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(UploadedFileSql.GetSharedPaths).With("batch_id", batchId).With("least_items", leastItems);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var paths = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken)) paths.Add(reader.GetString("path"));
        return paths;
    }

    /// <inheritdoc/>
    public async Task<UploadedFile?> UseAsync(SourceKey key, string batchId, TimeSpan margin, CancellationToken cancellationToken)
    {
        await using var command = Of(UploadedFileSql.Use, key).With("batch_id", batchId).With("margin", margin);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new UploadedFile(key, reader.GetString("file_id"), reader.ValueOrNull<DateTimeOffset>("expires_at")) : null;
    }

    /// <inheritdoc/>
    public async Task<bool> TakeAsync(SourceKey key, long processId, TimeSpan margin, CancellationToken cancellationToken)
    {
        await using var command = Of(UploadedFileSql.Take, key).With("process_id", processId).With("margin", margin);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <inheritdoc/>
    public async Task<bool> FinishAsync(UploadedFile file, long processId, CancellationToken cancellationToken)
    {
        await using var command = Of(UploadedFileSql.Finish, file.Key)
            .With("process_id", processId).With("file_id", file.FileId).WithNullable("expires_at", NpgsqlDbType.TimestampTz, file.ExpiresAt?.ToUniversalTime());
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <inheritdoc/>
    public async Task GiveUpAsync(SourceKey key, long processId, CancellationToken cancellationToken)
    {
        await using var command = Of(UploadedFileSql.GiveUp, key).With("process_id", processId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task ForgetAsync(UploadedFile file, CancellationToken cancellationToken)
    {
        await using var command = Of(UploadedFileSql.Forget, file.Key).With("file_id", file.FileId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<UploadedFile>> MarkUnusedAsync(string endpoint, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var unused = new List<string>();
        await using (var command = new NpgsqlCommand(UploadedFileSql.LockUnused, connection).With("endpoint", endpoint))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) unused.Add(reader.GetString("sha256"));
        }

        var marked = new List<UploadedFile>();
        await using (var command = new NpgsqlCommand(UploadedFileSql.MarkUnused, connection).With("endpoint", endpoint).With("unused", unused.ToArray()))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                marked.Add(new UploadedFile(new SourceKey(endpoint, reader.GetString("sha256")), reader.GetString("file_id"), reader.ValueOrNull<DateTimeOffset>("expires_at")));
        }

        await transaction.CommitAsync(cancellationToken);
        return marked;
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(UploadedFile file, CancellationToken cancellationToken)
    {
        await using var command = Of(UploadedFileSql.Remove, file.Key).With("file_id", file.FileId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Of(string sql, SourceKey key) => database.CreateCommand(sql).With("endpoint", key.Endpoint).With("sha256", key.Sha256);
}
