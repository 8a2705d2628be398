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
        await using var command = database.CreateCommand(UploadedFileSql.GetSharedPaths).With(batchId).With(leastItems);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var paths = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken)) paths.Add(reader.GetString(0));
        return paths;
    }

    /// <inheritdoc/>
    public async Task<UploadedFile?> UseAsync(SourceKey key, string batchId, TimeSpan margin, CancellationToken cancellationToken)
    {
        await using var command = Of(UploadedFileSql.Use, key).With(batchId).With(margin);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new UploadedFile(key, reader.GetString(0), Time(reader, 1)) : null;
    }

    /// <inheritdoc/>
    public async Task<bool> TakeAsync(SourceKey key, long processId, TimeSpan margin, CancellationToken cancellationToken)
    {
        await using var command = Of(UploadedFileSql.Take, key).With(processId).With(margin);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <inheritdoc/>
    public async Task<bool> FinishAsync(UploadedFile file, long processId, CancellationToken cancellationToken)
    {
        await using var command = Of(UploadedFileSql.Finish, file.Key).With(processId).With(file.FileId).WithNullable(NpgsqlDbType.TimestampTz, file.ExpiresAt?.ToUniversalTime());
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <inheritdoc/>
    public async Task GiveUpAsync(SourceKey key, long processId, CancellationToken cancellationToken)
    {
        await using var command = Of(UploadedFileSql.GiveUp, key).With(processId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task ForgetAsync(UploadedFile file, CancellationToken cancellationToken)
    {
        await using var command = Of(UploadedFileSql.Forget, file.Key).With(file.FileId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<UploadedFile>> MarkUnusedAsync(string endpoint, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var unused = new List<string>();
        await using (var command = new NpgsqlCommand(UploadedFileSql.LockUnused, connection).With(endpoint))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) unused.Add(reader.GetString(0));
        }

        var marked = new List<UploadedFile>();
        await using (var command = new NpgsqlCommand(UploadedFileSql.MarkUnused, connection).With(endpoint).With(unused.ToArray()))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                marked.Add(new UploadedFile(new SourceKey(endpoint, reader.GetString(0)), reader.GetString(1), Time(reader, 2)));
        }

        await transaction.CommitAsync(cancellationToken);
        return marked;
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(UploadedFile file, CancellationToken cancellationToken)
    {
        await using var command = Of(UploadedFileSql.Remove, file.Key).With(file.FileId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    private NpgsqlCommand Of(string sql, SourceKey key) => database.CreateCommand(sql).With(key.Endpoint).With(key.Sha256);
}
