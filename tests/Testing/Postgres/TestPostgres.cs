using Darkroom.Storage.Postgres;
using Darkroom.Worker.Embedded;

namespace Darkroom.Testing.Postgres;

/// <summary>
/// The PostgreSQL server that this test process works on: the one named by <see cref="Variable"/>, else a container, else a private cluster of the
/// installed programs. Started by whoever asks first, stopped when the process exits.
/// </summary>
public sealed class TestPostgres
{
    /// <summary>Environment variable with the connection string of a role that may create databases.</summary>
    public const string Variable = "DARKROOM_TEST_POSTGRES";

    private static readonly Lazy<Task<TestPostgres>> Shared = new(SearchAsync);

    private TestPostgres(string? connectionString, string story) => (ConnectionString, Story, AdministratorConnectionString) = (connectionString, story, connectionString ?? "");

    /// <summary>The connection string of a role that may create databases, or null when there is no server.</summary>
    public string? ConnectionString { get; }

    /// <summary>The connection string of a superuser.</summary>
    public string AdministratorConnectionString { get; private init; }

    /// <summary>Which server it is, or why there is none.</summary>
    public string Story { get; }

    /// <summary>Finds or starts the server.</summary>
    /// <exception cref="InvalidOperationException">There is none, and this is CI, where a skipped test would look like a passed one.</exception>
    public static async Task<TestPostgres> GetAsync()
    {
        var server = await Shared.Value;
        if (server.ConnectionString is null && string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException(server.Story);
        return server;
    }

    private static async Task<TestPostgres> SearchAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given) return new TestPostgres(PostgresAddress.Read(given).ConnectionString, $"The server of {Variable}");

        var (container, whyNoContainer) = await PostgresContainer.TryStartAsync();
        if (container is not null)
        {
            AtExit.Run(container.StopAsync);
            return new TestPostgres(container.ConnectionString, "A container");
        }

        if (PostgresBinaries.Find() is not { } binaries)
            return new TestPostgres(null, $"No PostgreSQL to test on: {Variable} isn't set; {whyNoContainer}; its server programs aren't installed.");
        var cluster = await StartClusterAsync();
        return new TestPostgres(cluster.ConnectionString, $"A private cluster of {binaries.Folder}") { AdministratorConnectionString = cluster.AdministratorConnectionString };
    }

    private static async Task<EmbeddedPostgres> StartClusterAsync()
    {
        var home = await TestFolders.CreateAsync();
        // What is lost when the machine crashes is only a test's.
        var cluster = await TestFolders.StartClusterAsync(home, "fsync=off", "synchronous_commit=off", "full_page_writes=off");
        AtExit.Run(async () =>
        {
            await cluster.DisposeAsync();
            await TestFolders.RemoveAsync(home);
        });
        return cluster;
    }
}
