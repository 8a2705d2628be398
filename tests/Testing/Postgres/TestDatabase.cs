using System.Net;
using System.Net.Sockets;
using Darkroom.Storage.Postgres;
using Npgsql;

namespace Darkroom.Testing.Postgres;

/// <summary>A database of its own for a test class; dropped when disposed.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string _administrator;
    private readonly string _name;

    private TestDatabase(string server, string administrator, string name)
    {
        (_administrator, _name) = (administrator, name);
        ConnectionString = DatabaseCommands.Address(server, name);
        DataSource = DarkroomDataSource.Create(ConnectionString);
    }

    /// <summary>How to reach it.</summary>
    public string ConnectionString { get; }

    /// <summary>Runs statements in it as a superuser, which the role of its connections isn't.</summary>
    public async Task AdministrateAsync(params string[] statements)
    {
        foreach (var statement in statements) await DatabaseCommands.ExecuteAsync(DatabaseCommands.Address(_administrator, _name), statement);
    }

    /// <summary>Connections of a superuser, who sees what other roles made.</summary>
    public NpgsqlDataSource OpenAsAdministrator() => NpgsqlDataSource.Create(DatabaseCommands.Address(_administrator, _name));

    /// <summary>Where its server listens: a socket's path, or a port of this machine.</summary>
    public EndPoint Server
    {
        get
        {
            var address = new NpgsqlConnectionStringBuilder(ConnectionString);
            return address.Host!.StartsWith('/') ? new UnixDomainSocketEndPoint($"{address.Host}/.s.PGSQL.{address.Port}") : new IPEndPoint(IPAddress.Loopback, address.Port);
        }
    }

    /// <summary>Its connections, made as the product makes them.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>Makes one, with the schema of the embedded migrations or empty. Skips the test where there is no PostgreSQL; in CI it fails.</summary>
    public static async Task<TestDatabase> CreateAsync(bool migrate = true)
    {
        var server = await TestPostgres.GetAsync();
        if (server.ConnectionString is null) Assert.Skip(server.Story);
        return await CreateOnAsync(server.ConnectionString, server.AdministratorConnectionString, migrate);
    }

    /// <inheritdoc cref="IAsyncDisposable.DisposeAsync"/>
    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        // PostgreSQL's own processes may be in it, which only a superuser ends.
        await DatabaseCommands.ExecuteAsync(_administrator, $"drop database if exists {_name} with (force)");
    }

    /// <summary>Makes one on a server that is there.</summary>
    internal static async Task<TestDatabase> CreateOnAsync(string server, string administrator, bool migrate)
    {
        var name = DatabaseCommands.NewName("test");
        if (migrate) await MigratedTemplate.CopyAsync(server, name);
        else await DatabaseCommands.ExecuteAsync(server, $"create database {name}");
        return new TestDatabase(server, administrator, name);
    }
}
