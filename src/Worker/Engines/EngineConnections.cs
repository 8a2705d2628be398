using Darkroom.Storage.Postgres;
using Npgsql;

namespace Darkroom.Worker.Engines;

/// <summary>Makes an engine's own connections: a pool of its own, capped, so that it can't starve ours.</summary>
internal static class EngineConnections
{
    private const int MaxPoolSize = 30;

    // Any constant: it names the lock under which one process at a time makes an engine's tables.
    private const long LockKey = 0x6461726B656E67;

    /// <summary>A data source for an engine.</summary>
    /// <param name="connectionString">Ours; a smaller pool that it asks for stays.</param>
    /// <param name="engine">The engine's name, which the server shows.</param>
    /// <param name="schema">The schema that unqualified names mean, or null for ours.</param>
    public static NpgsqlDataSource Create(string connectionString, string engine, string? schema)
    {
        var settings = PostgresAddress.Read(connectionString);
        settings.ApplicationName = $"darkroom-{engine}";
        settings.MaxPoolSize = Math.Min(settings.MaxPoolSize, MaxPoolSize);
        return DarkroomDataSource.Create(settings.ConnectionString, schema: schema);
    }

    /// <summary>Runs what makes an engine's schema, in one process at a time: engines race each other into errors there.</summary>
    public static T WithSchemaTurn<T>(NpgsqlDataSource database, Func<NpgsqlConnection, T> action)
    {
        using var connection = database.OpenConnection();
        Execute(connection, $"-- name: Engine.LockSchema\nselect pg_advisory_lock({LockKey})");
        try
        {
            return action(connection);
        }
        finally
        {
            // On a connection that broke the lock is gone with the session; an error here would hide what broke it.
            if (connection.State == System.Data.ConnectionState.Open) Execute(connection, $"-- name: Engine.UnlockSchema\nselect pg_advisory_unlock({LockKey})");
        }
    }

    /// <summary>Runs a statement.</summary>
    public static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
