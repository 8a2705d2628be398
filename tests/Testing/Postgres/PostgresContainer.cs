using DotNet.Testcontainers.Builders;
using Testcontainers.PostgreSql;

namespace Darkroom.Testing.Postgres;

/// <summary>A PostgreSQL in a container, where a Docker engine answers.</summary>
internal sealed class PostgresContainer
{
    private readonly PostgreSqlContainer _container;

    private PostgresContainer(PostgreSqlContainer container) => _container = container;

    /// <summary>How to reach it.</summary>
    public string ConnectionString => _container.GetConnectionString();

    /// <summary>Starts it, or says why it can't be.</summary>
    public static async Task<(PostgresContainer? Container, string Reason)> TryStartAsync()
    {
        try
        {
            var container = new PostgreSqlBuilder("postgres:17-alpine")
                .WithCommand("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200")
                .Build();
            await container.StartAsync();
            return (new PostgresContainer(container), "");
        }
        catch (DockerUnavailableException)
        {
            return (null, "no Docker engine answers");
        }
        catch (Exception exception) when (exception is Docker.DotNet.DockerApiException or HttpRequestException or TimeoutException)
        {
            return (null, $"the Docker engine can't start PostgreSQL ({exception.Message})");
        }
    }

    /// <summary>Stops and removes it.</summary>
    public Task StopAsync() => _container.DisposeAsync().AsTask();
}
