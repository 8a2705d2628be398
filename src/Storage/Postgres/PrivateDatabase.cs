using System.Security.Cryptography;
using System.Text;
using Darkroom.Storage.Postgres.Sql;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>The roles and the database of the private cluster: a superuser that only the server's own user can be, and a plain role that owns one database.</summary>
public static class PrivateDatabase
{
    /// <summary>The superuser. Nobody has a password for it.</summary>
    public const string Administrator = "darkroom_admin";

    /// <summary>The role that Darkroom works as: no superuser, the owner of <see cref="Name"/>.</summary>
    public const string Role = "darkroom";

    /// <summary>The database.</summary>
    public const string Name = "darkroom";

    private const int Iterations = 4096;

    /// <summary>For PostgreSQL's single-user mode: makes the superuser of an earlier version's cluster <see cref="Administrator"/>.</summary>
    public static string RenameSuperuser => PrivateDatabaseSql.RenameSuperuser;

    /// <summary>Makes the role and the database where they are missing, and gives the role what an earlier version's superuser made.</summary>
    /// <param name="administrator">How <see cref="Administrator"/> reaches the cluster.</param>
    /// <param name="password">The role's password.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task PrepareAsync(string administrator, string password, CancellationToken cancellationToken)
    {
        var address = new NpgsqlConnectionStringBuilder(administrator) { Database = "postgres", Pooling = false };
        await using (var connection = new NpgsqlConnection(address.ConnectionString))
        {
            await connection.OpenAsync(cancellationToken);
            await ExecuteAsync(connection, PrivateDatabaseSql.EnsureRole, cancellationToken);
            var verifier = VerifierOf(password);
            await using (var has = new NpgsqlCommand(PrivateDatabaseSql.HasPassword, connection).With(verifier))
                if (!(bool)(await has.ExecuteScalarAsync(cancellationToken))!)
                    await ExecuteAsync(connection, PrivateDatabaseSql.SetPassword.Replace("{0}", verifier, StringComparison.Ordinal), cancellationToken);
            await using var exists = new NpgsqlCommand(PrivateDatabaseSql.Exists, connection);
            if (!(bool)(await exists.ExecuteScalarAsync(cancellationToken))!) await ExecuteAsync(connection, PrivateDatabaseSql.Create, cancellationToken);
        }

        address.Database = Name;
        await using var inside = new NpgsqlConnection(address.ConnectionString);
        await inside.OpenAsync(cancellationToken);
        await ExecuteAsync(inside, PrivateDatabaseSql.OwnAll, cancellationToken);
    }

    // What PostgreSQL keeps of a password (RFC 5803), made here so that the password itself is in no statement and in no log. The salt follows from the password,
    // which is random, so that the same password always gives the same verifier.
    private static string VerifierOf(string password)
    {
        var salt = SHA256.HashData(Encoding.UTF8.GetBytes($"darkroom {password}"))[..16];
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, 32);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}";
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
