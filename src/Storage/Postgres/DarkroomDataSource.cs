using System.Diagnostics;
using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>Makes the one data source of a process.</summary>
public static class DarkroomDataSource
{
    /// <summary>A data source with our defaults where the connection string says nothing: a capped pool, prepared statements, keep-alive, a name.</summary>
    public static NpgsqlDataSource Create(string connectionString, string applicationName = "darkroom")
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        // Npgsql's ContainsKey says whether there is such a keyword at all; Keys are those that were given, by their canonical names.
        var given = settings.Keys.Cast<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (!given.Contains("Maximum Pool Size")) settings.MaxPoolSize = 30;
        if (!given.Contains("Max Auto Prepare")) settings.MaxAutoPrepare = 64;
        if (!given.Contains("Keepalive")) settings.KeepAlive = 30;
        // Nothing of ours outlives its use of a connection (locks of a session are let go by name), and resetting would be a statement more for each.
        if (!given.Contains("No Reset On Close")) settings.NoResetOnClose = true;
        if (!given.Contains("Application Name")) settings.ApplicationName = applicationName;
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        // Statements that belong to no item's trace (claims, renewals, sweeps, every second) would be traces of their own; their metrics tell enough.
        builder.ConfigureTracing(tracing => tracing
            .ConfigureCommandFilter(_ => Activity.Current is not null)
            .ConfigureBatchFilter(_ => Activity.Current is not null)
            .ConfigureCopyOperationFilter(_ => Activity.Current is not null)
            .EnablePhysicalOpenTracing(false));
        return builder.Build();
    }
}
