using Npgsql;

namespace Darkroom.Testing.Postgres;

/// <summary>What is done with whole databases.</summary>
internal static class DatabaseCommands
{
    /// <summary>A name that no other test process takes.</summary>
    public static string NewName(string purpose) => $"darkroom_{purpose}_{Guid.NewGuid():n}";

    /// <summary>The connection string of a database on the server.</summary>
    public static string Address(string server, string name) =>
        new NpgsqlConnectionStringBuilder(server) { Database = name, IncludeErrorDetail = true }.ConnectionString;

    /// <summary>Runs a command as the server's administrator.</summary>
    public static async Task ExecuteAsync(string server, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
