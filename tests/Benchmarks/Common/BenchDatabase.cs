using Darkroom.Storage.Postgres;
using Darkroom.Storage.Postgres.Migrations;
using Darkroom.Testing.Postgres;
using Darkroom.Worker.Embedded;
using Npgsql;

namespace Darkroom.Benchmarks.Common;

/// <summary>
/// A migrated database of its own: on the server of <see cref="TestPostgres.Variable"/>, else on a private cluster as the product starts it, which unlike
/// the tests' one flushes to disk, since that is part of what is measured.
/// </summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private readonly string _server;
    private readonly string _name;
    private readonly EmbeddedPostgres? _cluster;
    private readonly string? _home;

    private BenchDatabase(string server, EmbeddedPostgres? cluster, string? home)
    {
        (_server, _cluster, _home) = (server, cluster, home);
        _name = $"darkroom_bench_{Guid.NewGuid():n}";
        ConnectionString = new NpgsqlConnectionStringBuilder(PostgresAddress.Read(server).ConnectionString) { Database = _name }.ConnectionString;
        DataSource = DarkroomDataSource.Create(ConnectionString);
    }

    /// <summary>How to reach it.</summary>
    public string ConnectionString { get; }

    /// <summary>Its connections, made as the product makes them.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>Makes one.</summary>
    public static async Task<BenchDatabase> CreateAsync()
    {
        string? home = null;
        EmbeddedPostgres? cluster = null;
        if (Environment.GetEnvironmentVariable(TestPostgres.Variable) is not { Length: > 0 } server)
        {
            home = await TestFolders.CreateAsync();
            cluster = await EmbeddedPostgres.StartAsync(home, [], Console.Error.WriteLine, CancellationToken.None);
            // Some scenarios ask for checkpoints.
            server = cluster.AdministratorConnectionString;
        }

        var database = new BenchDatabase(server, cluster, home);
        await ExecuteAsync(server, $"create database {database._name}");
        await new Migrator(database.DataSource).MigrateAsync(CancellationToken.None);
        return database;
    }

    /// <summary>Runs a command without an answer, and without a time limit.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>One value.</summary>
    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        command.CommandTimeout = 0;
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await ExecuteAsync(_server, $"drop database if exists {_name} with (force)");
        if (_cluster is not null) await _cluster.DisposeAsync();
        if (_home is not null) await TestFolders.RemoveAsync(_home);
    }

    private static async Task ExecuteAsync(string server, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(PostgresAddress.Read(server).ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
