using Darkroom.Jobs.Access;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>The audit in PostgreSQL.</summary>
public sealed class PostgresAuditLog(NpgsqlDataSource database) : IAuditLog
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<AuditEntry>> ListAsync(string? batchId, long? before, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(AccessSql.ListAudit)
            .WithNullable(NpgsqlDbType.Text, batchId).WithNullable(NpgsqlDbType.Bigint, before).With(limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var entries = new List<AuditEntry>();
        while (await reader.ReadAsync(cancellationToken))
        {
            entries.Add(new AuditEntry(
                reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), new Actor(reader.GetString(2), reader.GetString(3)), reader.GetString(4),
                reader.IsDBNull(5) ? null : reader.GetString(5), reader.GetString(6)));
        }

        return entries;
    }
}
