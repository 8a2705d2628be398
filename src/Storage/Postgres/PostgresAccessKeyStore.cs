using System.Data;
using System.Security.Cryptography;
using Darkroom.Jobs.Access;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>Access keys in PostgreSQL.</summary>
public sealed class PostgresAccessKeyStore(NpgsqlDataSource database) : IAccessKeyStore
{
    /// <inheritdoc/>
    public async Task<bool> AnyAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(AccessSql.Any);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <inheritdoc/>
    public async Task<AccessKey?> FindAsync(KeyToken token, CancellationToken cancellationToken) =>
        await ReadAsync(token.Id, cancellationToken) is { } row && CryptographicOperations.FixedTimeEquals(row.Sha256, token.Sha256) ? row.Key : null;

    /// <inheritdoc/>
    public async Task<AccessKey?> GetAsync(string id, CancellationToken cancellationToken) => (await ReadAsync(id, cancellationToken))?.Key;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AccessKey>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(AccessSql.List);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<AccessKey>();
        while (await reader.ReadAsync(cancellationToken)) keys.Add(Read(reader));
        return keys;
    }

    /// <inheritdoc/>
    public Task<bool> AddAsync(string name, AccessRole role, KeyToken token, Actor by, CancellationToken cancellationToken) => ChangeAsync(
        connection => new NpgsqlCommand(AccessSql.Add, connection)
            .With("id", token.Id).With("name", name).With("role", NameOf(role)).With("sha256", token.Sha256).With("created_by", by.Name),
        by, "key.add", new { name, role = NameOf(role) }, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> RemoveAsync(string name, Actor by, CancellationToken cancellationToken) =>
        ChangeAsync(connection => new NpgsqlCommand(AccessSql.Remove, connection).With("name", name), by, "key.remove", new { name }, cancellationToken);

    internal static AccessKey Read(NpgsqlDataReader reader) => new(
        reader.GetString("id"), reader.GetString("name"), Enum.Parse<AccessRole>(reader.GetString("role"), ignoreCase: true), reader.Time("created_at"),
        reader.GetString("created_by"));

    private static string NameOf(AccessRole role) => role.ToString().ToLowerInvariant();

    private async Task<bool> ChangeAsync(
        Func<NpgsqlConnection, NpgsqlCommand> change, Actor by, string action, object detail, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = change(connection);
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0) return false;
        await Audit.NoteAsync(connection, by, action, batchId: null, detail, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<(AccessKey Key, byte[] Sha256)?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(AccessSql.Get).With("id", id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (Read(reader), reader.GetFieldValue<byte[]>("sha256")) : null;
    }
}
