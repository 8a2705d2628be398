using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace Darkroom.Worker.Embedded;

/// <summary>
/// A private PostgreSQL cluster in a folder, on loopback, with a password of its own. Processes share it: whoever comes first starts it, whoever leaves
/// last stops it. Who is there is told by a lock on a file, which a killed process can't leave behind.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private const string User = "darkroom";
    private const string Database = "darkroom";
    private static readonly TimeSpan TurnWait = TimeSpan.FromMilliseconds(50);

    private readonly PostgresBinaries _binaries;
    private readonly string _home;
    private readonly string _data;
    private FileStream? _presence;

    private EmbeddedPostgres(PostgresBinaries binaries, string home, string data, string connectionString, FileStream presence) =>
        (_binaries, _home, _data, ConnectionString, _presence) = (binaries, home, data, connectionString, presence);

    /// <summary>How to reach its database. Holds the password.</summary>
    public string ConnectionString { get; }

    private string TurnFile => Path.Combine(_home, "postgres.turn");

    private static string PresenceFile(string home) => Path.Combine(home, "postgres.users");

    /// <summary>Starts the cluster, or joins the one that runs.</summary>
    /// <param name="home">The folder that everything is kept under.</param>
    /// <param name="settings">Further server settings, such as <c>fsync=off</c> for tests.</param>
    /// <param name="say">Told what takes its time.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="EmbeddedPostgresException">It can't be started, with the reason.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(string home, IReadOnlyList<string> settings, Action<string> say, CancellationToken cancellationToken)
    {
        home = Path.GetFullPath(home);
        Directory.CreateDirectory(home);
        var binaries = await PostgresInstaller.EnsureAsync(say, cancellationToken);
        await using var turn = await TakeTurnAsync(Path.Combine(home, "postgres.turn"), cancellationToken);
        var password = await ReadPasswordAsync(home, cancellationToken);
        var data = await ServerUser.PrepareFolderAsync(Path.Combine(home, "postgres"), say, cancellationToken);
        if (!File.Exists(Path.Combine(data, "PG_VERSION"))) await InitializeAsync(binaries, data, password, cancellationToken);

        var connectionString = await ConnectAsync(data, password, cancellationToken);
        if (connectionString is null)
        {
            ServerLock.RemoveIfStale(data);
            await StartServerAsync(binaries, data, settings, cancellationToken);
            connectionString = await ConnectAsync(data, password, cancellationToken)
                ?? throw new EmbeddedPostgresException($"PostgreSQL started but can't be reached; see {Path.Combine(data, "server.log")}.");
        }

        var presence = new FileStream(PresenceFile(home), FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
        return new EmbeddedPostgres(binaries, home, data, connectionString, presence);
    }

    /// <summary>Leaves; the last one stops the server.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_presence is null) return;
        await using var turn = await TakeTurnAsync(TurnFile, CancellationToken.None);
        await _presence.DisposeAsync();
        _presence = null;
        NpgsqlConnection.ClearAllPools();
        // A server that died by itself can't be stopped, and needn't be.
        if (IsAnyonePresent(_home) || !ServerLock.IsHeld(_data)) return;
        try
        {
            await ServerUser.RunAsync(_binaries.Program("pg_ctl"), ["stop", "-D", _data, "-m", "fast", "-w", "-t", "60"], CancellationToken.None);
        }
        catch (EmbeddedPostgresException) when (!ServerLock.IsHeld(_data))
        {
            // It died meanwhile.
        }
    }

    private static bool IsAnyonePresent(string home)
    {
        try
        {
            using var exclusive = new FileStream(PresenceFile(home), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    // Starting and stopping are done by one process at a time.
    private static async Task<FileStream> TakeTurnAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(TurnWait, cancellationToken);
            }
        }
    }

    private static async Task<string> ReadPasswordAsync(string home, CancellationToken cancellationToken)
    {
        var path = Path.Combine(home, "postgres.password");
        if (!File.Exists(path))
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using var file = new StreamWriter(path, options);
            await file.WriteAsync(RandomNumberGenerator.GetHexString(32, lowercase: true));
        }

        return (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
    }

    private static async Task InitializeAsync(PostgresBinaries binaries, string data, string password, CancellationToken cancellationToken)
    {
        // initdb wants an empty folder, and the password by file.
        foreach (var leftover in Directory.EnumerateFileSystemEntries(data))
        {
            if (Directory.Exists(leftover)) Directory.Delete(leftover, recursive: true);
            else File.Delete(leftover);
        }

        var passwordFile = Path.Combine(Path.GetTempPath(), $"darkroom-{Path.GetRandomFileName()}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var file = new StreamWriter(passwordFile, options)) await file.WriteAsync(password);
        try
        {
            await ServerUser.OwnAsync(passwordFile, cancellationToken);
            await ServerUser.RunAsync(
                binaries.Program("initdb"),
                ["-D", data, "-U", User, "-A", "scram-sha-256", "--pwfile", passwordFile, "-E", "UTF8", "--locale", "C", "--no-instructions"],
                cancellationToken);
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }

    private static Task StartServerAsync(PostgresBinaries binaries, string data, IReadOnlyList<string> settings, CancellationToken cancellationToken)
    {
        string[] all = ["listen_addresses=127.0.0.1", $"port={FreePort()}", "unix_socket_directories=", "max_connections=200", "log_min_messages=warning", .. settings];
        return ServerUser.RunAsync(
            binaries.Program("pg_ctl"),
            ["start", "-D", data, "-w", "-t", "60", "-l", Path.Combine(data, "server.log"), "-o", string.Join(' ', all.Select(setting => $"-c \"{setting}\""))],
            cancellationToken);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // The server's own pid file names its port on the fourth line; a dead server's file may still lie there.
    private static async Task<string?> ConnectAsync(string data, string password, CancellationToken cancellationToken)
    {
        var pidFile = Path.Combine(data, "postmaster.pid");
        if (!File.Exists(pidFile)) return null;
        var lines = await File.ReadAllLinesAsync(pidFile, cancellationToken);
        if (lines.Length < 4 || !int.TryParse(lines[3], out var port)) return null;
        var address = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = User,
            Password = password,
            Database = "postgres",
            Pooling = false,
            Timeout = 5,
        };
        try
        {
            await using var connection = new NpgsqlConnection(address.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await using var exists = new NpgsqlCommand($"select exists (select from pg_database where datname = '{Database}')", connection);
            if (!(bool)(await exists.ExecuteScalarAsync(cancellationToken))!)
            {
                await using var create = new NpgsqlCommand($"create database {Database}", connection);
                await create.ExecuteNonQueryAsync(cancellationToken);
            }
        }
        catch (NpgsqlException exception) when (exception is not PostgresException)
        {
            return null;
        }

        address.Database = Database;
        address.Pooling = true;
        address.Remove("Timeout");
        return address.ConnectionString;
    }
}
