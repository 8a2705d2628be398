using Npgsql;

namespace Darkroom.Storage.Postgres;

/// <summary>Makes the one data source of a process.</summary>
public static class DarkroomDataSource
{
    /// <summary>A data source with our defaults where the connection string says nothing: a capped pool, prepared statements, keep-alive, a name.</summary>
    public static NpgsqlDataSource Create(string connectionString, string applicationName = "darkroom")
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (!settings.ShouldSerialize("Maximum Pool Size")) settings.MaxPoolSize = 30;
        if (!settings.ShouldSerialize("Max Auto Prepare")) settings.MaxAutoPrepare = 64;
        if (!settings.ShouldSerialize("Keepalive")) settings.KeepAlive = 30;
        if (!settings.ShouldSerialize("Application Name")) settings.ApplicationName = applicationName;
        return NpgsqlDataSource.Create(settings);
    }
}
