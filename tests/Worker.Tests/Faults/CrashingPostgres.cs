using System.Diagnostics;
using Darkroom.Testing.Postgres;
using Darkroom.Worker.Embedded;
using Npgsql;

namespace Darkroom.Worker.Tests.Faults;

/// <summary>
/// A private cluster that is there to be killed: it comes back at the same socket with what it had committed. One a test process. It commits as PostgreSQL does by
/// default, but for fsync: processes are killed here, not the machine, and what they have written is the system's by then. Whoever uses it must be alone with it.
/// </summary>
internal sealed class CrashingPostgres
{
    private static readonly Lazy<Task<CrashingPostgres>> Shared = new(CreateAsync);

    private readonly string _home;
    private readonly ClusterPlace _place;
    private EmbeddedPostgres _cluster;

    private CrashingPostgres(string home, ClusterPlace place, EmbeddedPostgres cluster) => (_home, _place, _cluster) = (home, place, cluster);

    /// <summary>Starts the cluster, once.</summary>
    /// <exception cref="EmbeddedPostgresException">PostgreSQL's programs aren't there and can't be installed.</exception>
    public static Task<CrashingPostgres> GetAsync() => Shared.Value;

    /// <summary>A database on it, with the schema.</summary>
    public Task<TestDatabase> CreateDatabaseAsync() => TestDatabase.CreateOnAsync(_cluster.ConnectionString, _cluster.AdministratorConnectionString, migrate: true);

    /// <summary>SIGKILL to every process of the server at once, as a crash of the machine would.</summary>
    public async Task KillAsync()
    {
        var processes = new List<int> { ServerLock.FindServer(_place.Data)!.Value };
        await using (var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_cluster.ConnectionString) { Pooling = false }.ConnectionString))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("select pid from pg_stat_activity", connection);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) processes.Add(reader.GetInt32(0));
        }

        // The postmaster first: it would end the others in its own way.
        foreach (var id in processes) Kill(id);
    }

    /// <summary>Stops it: <c>fast</c> cuts its clients and checkpoints, <c>immediate</c> leaves all to recovery.</summary>
    public Task StopAsync(string mode) =>
        ServerUser.RunAsync(PostgresBinaries.Find()!.Program("pg_ctl"), ["stop", "-D", _place.Data, "-m", mode, "-w", "-t", "60"], "/", input: null, CancellationToken.None);

    /// <summary>Starts it again, and returns once it has recovered and answers.</summary>
    public async Task StartAsync()
    {
        var before = _cluster;
        _cluster = await LaunchAsync(_home);
        await before.DisposeAsync();
    }

    private static async Task<CrashingPostgres> CreateAsync()
    {
        var home = await TestFolders.CreateAsync();
        var cluster = await LaunchAsync(home);
        var crashing = new CrashingPostgres(home, (await ClusterPlace.FindAsync(home, CancellationToken.None))!, cluster);
        AtExit.Run(async () =>
        {
            await crashing._cluster.DisposeAsync();
            await TestFolders.RemoveAsync(home);
        });
        return crashing;
    }

    private static Task<EmbeddedPostgres> LaunchAsync(string home) => TestFolders.StartClusterAsync(home, "fsync=off");

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It has ended by itself meanwhile.
        }
    }
}
