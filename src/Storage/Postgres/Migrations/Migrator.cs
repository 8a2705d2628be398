using Npgsql;

namespace Darkroom.Storage.Postgres.Migrations;

/// <summary>
/// Brings a database to the schema of this program. Each migration runs in a transaction of its own; an advisory lock lets one process at a time do it.
/// </summary>
public sealed class Migrator(NpgsqlDataSource database, IReadOnlyList<Migration> migrations)
{
    // Any constant: it names the lock that all our processes share.
    private const long LockKey = 0x6461726B726F6F6D;

    private const string CreateTable = """
        -- name: Migration.CreateTable
        create table if not exists schema_migration (
            number integer primary key,
            name text not null,
            checksum text not null,
            applied_at timestamptz not null default now())
        """;

    /// <summary>A migrator of the embedded migrations.</summary>
    public Migrator(NpgsqlDataSource database) : this(database, MigrationCatalog.Embedded)
    {
    }

    /// <summary>Applies what is missing.</summary>
    /// <returns>What was applied now.</returns>
    /// <exception cref="MigrationException">An applied migration was changed, is missing here, or comes from a newer program.</exception>
    public async Task<IReadOnlyList<Migration>> MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, $"-- name: Migration.Lock\nselect pg_advisory_lock({LockKey})", cancellationToken);
        try
        {
            await ExecuteAsync(connection, "set client_min_messages = warning;" + CreateTable, cancellationToken);
            var missing = Missing(await ReadAppliedAsync(connection, cancellationToken));
            foreach (var migration in missing) await ApplyAsync(connection, migration, cancellationToken);
            return missing;
        }
        finally
        {
            // On a connection that broke the lock is gone with the session.
            if (connection.State == System.Data.ConnectionState.Open)
                await ExecuteAsync(connection, $"-- name: Migration.Unlock\nselect pg_advisory_unlock({LockKey})", CancellationToken.None);
        }
    }

    /// <summary>Says what <see cref="MigrateAsync"/> would apply, and changes nothing.</summary>
    /// <exception cref="MigrationException">As there.</exception>
    public async Task<IReadOnlyList<Migration>> GetPendingAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var exists = new NpgsqlCommand("-- name: Migration.TableExists\nselect to_regclass('schema_migration') is not null", connection);
        return (bool)(await exists.ExecuteScalarAsync(cancellationToken))!
            ? Missing(await ReadAppliedAsync(connection, cancellationToken))
            : migrations;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        // A migration, or waiting for another process's, takes as long as it takes.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<List<Migration>> ReadAppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("-- name: Migration.ListApplied\nselect number, name, checksum from schema_migration order by number", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var applied = new List<Migration>();
        while (await reader.ReadAsync(cancellationToken)) applied.Add(new Migration(reader.GetInt32(0), reader.GetString(1), "", reader.GetString(2)));
        return applied;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, migration.Sql, cancellationToken);
        await using var record = new NpgsqlCommand(
            "-- name: Migration.Record\ninsert into schema_migration (number, name, checksum) values ($1, $2, $3)", connection)
        {
            Parameters = { new() { Value = migration.Number }, new() { Value = migration.Name }, new() { Value = migration.Checksum } },
        };
        await record.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private List<Migration> Missing(List<Migration> applied)
    {
        foreach (var old in applied)
        {
            var ours = migrations.FirstOrDefault(migration => migration.Number == old.Number)
                ?? throw new MigrationException(old.Number > (migrations.Count == 0 ? 0 : migrations[^1].Number)
                    ? $"The database has migration {old.Name}, which this program doesn't know: a newer version has been here. Run that version."
                    : $"The database has migration {old.Name}, which is missing from this program.");
            if (ours.Checksum != old.Checksum)
            {
                throw new MigrationException(
                    $"Migration {ours.Name} was changed after it had been applied (checksum {ours.Checksum[..12]}…, applied {old.Checksum[..12]}…). "
                    + "Put its old text back and make the change in a new migration.");
            }
        }

        var missing = migrations.Where(migration => applied.TrueForAll(old => old.Number != migration.Number)).ToList();
        var last = applied.Count == 0 ? 0 : applied[^1].Number;
        if (missing.Find(migration => migration.Number < last) is { } skipped)
            throw new MigrationException($"Migration {skipped.Name} was never applied, though later ones were: the database was not made by this program's migrations.");
        return missing;
    }
}
