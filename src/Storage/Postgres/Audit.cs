using System.Text.Json;
using Darkroom.Jobs.Access;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>Writes the audit, in the transaction of what was done.</summary>
internal static class Audit
{
    /// <summary>Writes an entry on a connection that is in a transaction.</summary>
    public static async Task NoteAsync(NpgsqlConnection connection, Actor by, string action, string? batchId, object? detail, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(AccessSql.Note, connection)
            .With("actor", by.Name).With("via", by.Via).With("action", action).WithNullable("batch_id", NpgsqlDbType.Text, batchId)
            .WithNullable("detail", NpgsqlDbType.Jsonb, detail is null ? "{}" : JsonSerializer.Serialize(detail));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
