using Darkroom.Storage.Postgres;
using Hangfire.PostgreSql;
using Npgsql;

namespace Darkroom.Worker.Hangfire;

/// <summary>Hangfire's connections: a pool of its own, capped, so that it can't starve ours.</summary>
internal sealed class HangfireConnections(string connectionString) : IConnectionFactory, IDisposable
{
    private const int MaxPoolSize = 30;

    // Any constant: it names the lock under which one process at a time makes Hangfire's tables.
    private const long LockKey = 0x6461726B656E67;

    /// <summary>The pool.</summary>
    public NpgsqlDataSource Database { get; } = CreateDataSource(connectionString);

    /// <inheritdoc/>
    public NpgsqlConnection GetOrCreateConnection() => Database.CreateConnection();

    /// <inheritdoc/>
    public void Dispose() => Database.Dispose();

    /// <summary>Runs what makes Hangfire's schema, in one process at a time: several race each other into errors there.</summary>
    public T WithSchemaTurn<T>(Func<T> action)
    {
        using var connection = Database.OpenConnection();
        Execute(connection, $"-- name: Hangfire.LockSchema\nselect pg_advisory_lock({LockKey})");
        try
        {
            return action();
        }
        finally
        {
            // On a connection that broke the lock is gone with the session; an error here would hide what broke it.
            if (connection.State == System.Data.ConnectionState.Open) Execute(connection, $"-- name: Hangfire.UnlockSchema\nselect pg_advisory_unlock({LockKey})");
        }
    }

    /// <summary>A data source for Hangfire. A smaller pool that the connection string asks for stays.</summary>
    internal static NpgsqlDataSource CreateDataSource(string connectionString)
    {
        var settings = PostgresAddress.Read(connectionString);
        settings.ApplicationName = "darkroom-hangfire";
        settings.MaxPoolSize = Math.Min(settings.MaxPoolSize, MaxPoolSize);
        return DarkroomDataSource.Create(settings.ConnectionString, schema: null);
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
