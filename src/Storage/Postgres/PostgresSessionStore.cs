using System.Data;
using Darkroom.Jobs.Access;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Darkroom.Storage.Postgres;

/// <summary>A sign-in that is valid now.</summary>
/// <param name="Key">The key that it was made with; null for this machine's own user, who needed none.</param>
public sealed record Session(AccessKey? Key);

/// <summary>Sign-ins in PostgreSQL. A session is known by the SHA-256 of what its cookie holds, and ends with its key, by signing out, or unused after its lifetime.</summary>
public sealed class PostgresSessionStore(NpgsqlDataSource database)
{
    /// <summary>Begins a session.</summary>
    /// <param name="sha256">SHA-256 of the cookie's value.</param>
    /// <param name="keyId">The key's id; null for this machine's own user.</param>
    /// <param name="lifetime">How long it lasts without a visit.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task BeginAsync(byte[] sha256, string? keyId, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(AccessSql.BeginSession)
            .With("sha256", sha256).WithNullable("key_id", NpgsqlDbType.Text, keyId).With("lifetime", lifetime);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The session, or null when it has ended. A visit prolongs it.</summary>
    public async Task<Session?> FindAsync(byte[] sha256, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(AccessSql.FindSession).With("sha256", sha256).With("lifetime", lifetime);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new Session(reader.IsDBNull("id") ? null : PostgresAccessKeyStore.Read(reader));
    }

    /// <summary>Ends a session.</summary>
    public async Task EndAsync(byte[] sha256, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(AccessSql.EndSession).With("sha256", sha256);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Ends all sessions that were made with a worker's token.</summary>
    public async Task EndLocalAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(AccessSql.EndLocalSessions);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
