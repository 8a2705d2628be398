using System.Data;
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
            .WithNullable("batch_id", NpgsqlDbType.Text, batchId).WithNullable("before", NpgsqlDbType.Bigint, before).With("limit", limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var entries = new List<AuditEntry>();
        while (await reader.ReadAsync(cancellationToken))
        {
            entries.Add(new AuditEntry(
                reader.GetInt64("id"), reader.Time("at"), new Actor(reader.GetString("actor"), reader.GetString("via")), reader.GetString("action"),
                reader.TextOrNull("batch_id"), reader.GetString("detail")));
        }

        return entries;
    }
}
