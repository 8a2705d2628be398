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
            applied_at timestamptz not null default now());
        alter table schema_migration add column if not exists compatible boolean not null default false
        """;

    /// <summary>A migrator of the embedded migrations.</summary>
    public Migrator(NpgsqlDataSource database) : this(database, MigrationCatalog.Embedded)
    {
    }

    /// <summary>Told when another process migrates and this one waits for it.</summary>
    public Action<string> Say { get; init; } = _ => { };

    /// <summary>Applies what is missing.</summary>
    /// <returns>What was applied now.</returns>
    /// <exception cref="MigrationException">
    /// An applied migration was changed, is missing here, or comes from a newer program; or workers live that couldn't bear what is missing.
    /// </exception>
    public Task<IReadOnlyList<Migration>> MigrateAsync(CancellationToken cancellationToken) => MigrateAsync(force: false, cancellationToken);

    /// <summary>Applies what is missing.</summary>
    /// <param name="force">Also under live workers that can't bear it: they stop claiming within seconds, and what they have in flight may be paid for in vain.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="MigrationException">As above.</exception>
    public async Task<IReadOnlyList<Migration>> MigrateAsync(bool force, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await LockAsync(connection, cancellationToken);
        try
        {
            await ExecuteAsync(connection, "set client_min_messages = warning;" + CreateTable, cancellationToken);
            var missing = Missing(await ReadAppliedAsync(connection, cancellationToken));
            if (!force && missing.Find(migration => !migration.IsCompatible) is { } unbearable) await RefuseUnderWorkersAsync(connection, unbearable, cancellationToken);
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

    /// <summary>Says what <see cref="MigrateAsync(CancellationToken)"/> would apply, and changes nothing.</summary>
    /// <exception cref="MigrationException">As there.</exception>
    public async Task<IReadOnlyList<Migration>> GetPendingAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var exists = new NpgsqlCommand("-- name: Migration.TableExists\nselect to_regclass('schema_migration') is not null", connection);
        return (bool)(await exists.ExecuteScalarAsync(cancellationToken))!
            ? Missing(await ReadAppliedAsync(connection, cancellationToken))
            : migrations;
    }

    private sealed record Applied(int Number, string Name, string Checksum, bool IsCompatible);

    private async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var attempt = new NpgsqlCommand($"-- name: Migration.TryLock\nselect pg_try_advisory_lock({LockKey})", connection);
        if ((bool)(await attempt.ExecuteScalarAsync(cancellationToken))!) return;
        Say("Another process migrates the database; waiting for it to end.");
        await ExecuteAsync(connection, $"-- name: Migration.Lock\nselect pg_advisory_lock({LockKey})", cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        // A migration, or waiting for another process's, takes as long as it takes.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<List<Applied>> ReadAppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("-- name: Migration.ListApplied\nselect number, name, checksum, coalesce((to_jsonb(m) ->> 'compatible')::boolean, false) from schema_migration m order by number", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var applied = new List<Applied>();
        while (await reader.ReadAsync(cancellationToken)) applied.Add(new Applied(reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3)));
        return applied;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, migration.Sql, cancellationToken);
        await using var record = new NpgsqlCommand(
            "-- name: Migration.Record\ninsert into schema_migration (number, name, checksum, compatible) values ($1, $2, $3, $4)", connection)
        {
            Parameters = { new() { Value = migration.Number }, new() { Value = migration.Name }, new() { Value = migration.Checksum }, new() { Value = migration.IsCompatible } },
        };
        await record.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    // A migration that isn't compatible breaks programs of before; whoever works has to end first.
    private static async Task RefuseUnderWorkersAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand("-- name: Migration.ProcessesExist\nselect to_regclass('process') is not null", connection);
        if (!(bool)(await exists.ExecuteScalarAsync(cancellationToken))!) return;
        await using var list = new NpgsqlCommand(
            "-- name: Migration.ListProcesses\nselect coalesce(string_agg(host || ' process ' || pid, ', ' order by id), '') from process where lease_until > now()", connection);
        if ((string)(await list.ExecuteScalarAsync(cancellationToken))! is not { Length: > 0 } workers) return;
        throw new MigrationException(
            $"Migration {migration.Name} changes what running workers rely on, and some live: {workers}. Stop them first; one that was killed counts as alive until "
            + "its lease has ended (Worker__LeaseTime). 'darkroom migrate --force' goes ahead all the same: they then stop by themselves within seconds.");
    }

    private List<Migration> Missing(List<Applied> applied)
    {
        var newest = migrations.Count == 0 ? 0 : migrations[^1].Number;
        // What a newer program added so that this one can bear it.
        applied = applied.FindAll(old => !(old.IsCompatible && old.Number > newest));
        foreach (var old in applied)
        {
            var ours = migrations.FirstOrDefault(migration => migration.Number == old.Number)
                ?? throw new MigrationException(old.Number > newest
                    ? $"The database has migration {old.Name}, which this program doesn't know: a newer version has been here. Run that version."
                    : $"The database has migration {old.Name}, which is missing from this program.");
            if (ours.Name != old.Name)
            {
                throw new MigrationException(
                    $"The database was made by an unreleased version of Darkroom and can't be upgraded: it has migration {old.Name} where this program has {ours.Name}. "
                    + "Use an empty database: set ConnectionStrings__Postgres to one, or, where the database is the private one under .darkroom/, run Darkroom in another folder.");
            }

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
