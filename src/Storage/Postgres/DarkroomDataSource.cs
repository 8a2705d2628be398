using System.Diagnostics;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>Makes the one data source of a process.</summary>
public static class DarkroomDataSource
{
    private const string SetSearchPath = "-- name: Connection.SetSchema\nselect set_config('search_path', $1, false)";

    /// <summary>A data source with our defaults where the connection string says nothing: a capped pool, prepared statements, keep-alive, a name.</summary>
    /// <param name="connectionString">Any form that <see cref="PostgresAddress"/> reads.</param>
    /// <param name="applicationName">The name that the server shows.</param>
    /// <param name="schema">The schema that unqualified names mean, or null for the role's own.</param>
    /// <exception cref="FormatException">The connection string can't be read.</exception>
    public static NpgsqlDataSource Create(string connectionString, string applicationName = "darkroom", string? schema = null)
    {
        var settings = PostgresAddress.Read(connectionString);
        // Keys are those that were given, by their canonical names.
        var given = settings.Keys.Cast<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (!given.Contains("Maximum Pool Size")) settings.MaxPoolSize = 30;
        if (!given.Contains("Max Auto Prepare")) settings.MaxAutoPrepare = 64;
        if (!given.Contains("Keepalive")) settings.KeepAlive = 30;
        // Nothing of ours outlives its use of a connection (locks of a session are let go by name), and resetting would be a statement more for each.
        if (!given.Contains("No Reset On Close")) settings.NoResetOnClose = true;
        if (!given.Contains("Application Name")) settings.ApplicationName = applicationName;
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        // Not the keyword Search Path: poolers refuse start-up parameters that they don't know.
        if (schema is not null) builder.UsePhysicalConnectionInitializer(connection => SetSchema(connection, schema), connection => SetSchemaAsync(connection, schema));
        // Statements that belong to no item's trace (claims, renewals, sweeps, every second) would be traces of their own; their metrics tell enough.
        builder.ConfigureTracing(tracing => tracing
            .ConfigureCommandFilter(_ => Activity.Current is not null)
            .ConfigureBatchFilter(_ => Activity.Current is not null)
            .ConfigureCopyOperationFilter(_ => Activity.Current is not null)
            .EnablePhysicalOpenTracing(false));
        return builder.Build();
    }

    private static void SetSchema(NpgsqlConnection connection, string schema)
    {
        using var command = new NpgsqlCommand(SetSearchPath, connection) { Parameters = { new() { Value = schema } } };
        command.ExecuteNonQuery();
    }

    private static async Task SetSchemaAsync(NpgsqlConnection connection, string schema)
    {
        await using var command = new NpgsqlCommand(SetSearchPath, connection) { Parameters = { new() { Value = schema } } };
        await command.ExecuteNonQueryAsync();
    }
}
