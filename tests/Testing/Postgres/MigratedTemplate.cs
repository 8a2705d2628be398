using Darkroom.Storage.Postgres.Migrations;
using Npgsql;

namespace Darkroom.Testing.Postgres;

/// <summary>A database that is migrated once in a test process and server and copied for each test class: a copy takes a fraction of the time.</summary>
internal static class MigratedTemplate
{
    private static readonly SemaphoreSlim Turn = new(1);
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal);

    /// <summary>Makes a database as a copy.</summary>
    public static async Task CopyAsync(string server, string name)
    {
        // PostgreSQL refuses to copy a database that someone is connected to, another copy included.
        await Turn.WaitAsync();
        try
        {
            if (!Names.TryGetValue(server, out var template)) Names[server] = template = await MakeAsync(server);
            await DatabaseCommands.ExecuteAsync(server, $"create database {name} template {template}");
        }
        finally
        {
            Turn.Release();
        }
    }

    private static async Task<string> MakeAsync(string server)
    {
        var name = DatabaseCommands.NewName("template");
        await DatabaseCommands.ExecuteAsync(server, $"create database {name}");
        await using (var database = NpgsqlDataSource.Create(DatabaseCommands.Address(server, name))) await new Migrator(database).MigrateAsync(CancellationToken.None);
        AtExit.Run(() => DatabaseCommands.ExecuteAsync(server, $"drop database if exists {name} with (force)"));
        return name;
    }
}
