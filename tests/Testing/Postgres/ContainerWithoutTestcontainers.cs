namespace Darkroom.Testing.Postgres;

/// <summary>Stands where the package feed has no Testcontainers: there is no container then.</summary>
internal sealed class PostgresContainer
{
    private PostgresContainer(string connectionString) => ConnectionString = connectionString;

    /// <summary>How to reach it.</summary>
    public string ConnectionString { get; }

    /// <summary>Says why there is none.</summary>
    public static Task<(PostgresContainer? Container, string Reason)> TryStartAsync() =>
        Task.FromResult<(PostgresContainer?, string)>((null, "this build has no Testcontainers"));

    /// <summary>Does nothing.</summary>
    public Task StopAsync() => Task.CompletedTask;
}
