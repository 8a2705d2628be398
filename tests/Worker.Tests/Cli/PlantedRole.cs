using Darkroom.Testing.Postgres;
using Npgsql;

namespace Darkroom.Worker.Tests.Cli;

/// <summary>A role of the database server with a password that a test looks for.</summary>
internal sealed class PlantedRole : IAsyncDisposable
{
    private readonly string _server;
    private readonly string _name;

    private PlantedRole(string server, string name) => (_server, _name) = (server, name);

    public static async Task<PlantedRole> CreateAsync(string password)
    {
        var server = new NpgsqlConnectionStringBuilder((await TestPostgres.GetAsync()).AdministratorConnectionString) { Database = "postgres", Pooling = false }.ConnectionString;
        var role = new PlantedRole(server, $"darkroom_secrets_{Guid.NewGuid():n}");
        await role.ExecuteAsync($"create role {role._name} login superuser password '{password}'");
        return role;
    }

    /// <summary>How the role reaches a database.</summary>
    public string ConnectionString(TestDatabase database, string password) =>
        new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = _name, Password = password, IncludeErrorDetail = false }.ConnectionString;

    public async ValueTask DisposeAsync() => await ExecuteAsync($"drop role {_name}");

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
