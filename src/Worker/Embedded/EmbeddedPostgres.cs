using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Darkroom.Jobs.Scratch;
using Darkroom.Storage.Postgres;
using Darkroom.Worker.Machine;
using Npgsql;

namespace Darkroom.Worker.Embedded;

/// <summary>
/// A private PostgreSQL cluster, reached through a socket that only its own user can enter, with a password of its own. Processes share it: the first one starts it,
/// the last one stops it. Each holds a lock on a file meanwhile, which a killed process can't leave behind.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private static readonly TimeSpan TurnWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(5);
    // Children of a server that was killed end when their statement has; until then they have its memory.
    private static readonly TimeSpan OrphansWait = TimeSpan.FromSeconds(30);

    private readonly PostgresBinaries _binaries;
    private readonly ClusterPlace _place;
    private readonly string _sockets;
    private readonly IReadOnlyList<string> _settings;
    private readonly string _password;
    private readonly CancellationTokenSource _leaving = new();
    private Task _keeping = Task.CompletedTask;
    private FileStream? _presence;

    private EmbeddedPostgres(PostgresBinaries binaries, ClusterPlace place, string sockets, IReadOnlyList<string> settings, string password) =>
        (_binaries, _place, _sockets, _settings, _password) = (binaries, place, sockets, settings, password);

    /// <summary>How the role that owns the database reaches it; it is no superuser. Holds the password. The same after each start of the server.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = _sockets,
        Username = PrivateDatabase.Role,
        Password = _password,
        Database = PrivateDatabase.Name,
        // The server proves that it knows the password, too.
        RequireAuth = "ScramSHA256",
    }.ConnectionString;

    /// <summary>How the superuser reaches the cluster: only as the user that runs the server, or as the one that started it.</summary>
    internal string AdministratorConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = _sockets,
        Username = PrivateDatabase.Administrator,
        Database = "postgres",
        RequireAuth = "None",
    }.ConnectionString;

    /// <summary>Starts the cluster, or joins the one that runs.</summary>
    /// <param name="home">The folder that everything is kept under.</param>
    /// <param name="settings">Further server settings, such as <c>fsync=off</c> for tests.</param>
    /// <param name="say">Told what takes its time.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="EmbeddedPostgresException">It can't be started, with the reason.</exception>
    /// <exception cref="MachineException">The folder can't be used.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(string home, IReadOnlyList<string> settings, Action<string> say, CancellationToken cancellationToken)
    {
        home = Path.GetFullPath(home);
        OwnFolder.Prepare(home);
        var binaries = await PostgresInstaller.EnsureAsync(say, cancellationToken);
        await using var turn = await TakeTurnAsync(home, cancellationToken);
        var password = await ReadPasswordAsync(home, cancellationToken);
        var place = await ClusterPlace.PrepareAsync(home, say, cancellationToken);
        var postgres = new EmbeddedPostgres(binaries, place, await place.PrepareSocketsAsync(cancellationToken), settings, password);
        await postgres.EnsureRunningAsync(cancellationToken);
        postgres._presence = OpenShared(PresenceFile(home), FileShare.ReadWrite);
        return postgres;
    }

    /// <summary>From now on until it is disposed, starts the server again when it is gone.</summary>
    /// <param name="say">Told when the server was gone, and why it can't be started.</param>
    public void KeepRunning(Action<string> say) => _keeping = Task.Run(() => KeepRunningAsync(say, _leaving.Token));

    /// <summary>Leaves; the last one stops the server.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_presence is null) return;
        await _leaving.CancelAsync();
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await using var turn = await TakeTurnAsync(_place.Home, CancellationToken.None);
        await _presence.DisposeAsync();
        _presence = null;
        _leaving.Dispose();
        NpgsqlConnection.ClearAllPools();
        // A server that died by itself can't be stopped, and needn't be.
        if (IsAnyonePresent(_place.Home) || !ServerLock.IsHeld(_place.Data)) return;
        await StopServerAsync();
    }

    private static string PresenceFile(string home) => Path.Combine(home, "postgres.users");

    private static FileStream OpenShared(string path, FileShare share) =>
        new(path, PrivateFiles.Options(FileMode.OpenOrCreate, share == FileShare.None ? FileAccess.ReadWrite : FileAccess.Read, share));

    private static bool IsAnyonePresent(string home)
    {
        try
        {
            using var exclusive = OpenShared(PresenceFile(home), FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    // Starting and stopping are done by one process at a time.
    private static async Task<FileStream> TakeTurnAsync(string home, CancellationToken cancellationToken)
    {
        var path = Path.Combine(home, "postgres.turn");
        while (true)
        {
            try
            {
                return OpenShared(path, FileShare.None);
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
        if (FileFacts.Of(path) is null) await PrivateFiles.WriteAsync(path, Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(32, lowercase: true)), cancellationToken);
        var password = (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
        return password.Length > 0 ? password : throw new EmbeddedPostgresException($"{path} is empty. Remove it; Darkroom makes another password.");
    }

    private async Task KeepRunningAsync(Action<string> say, CancellationToken cancellationToken)
    {
        var told = "";
        while (true)
        {
            await Task.Delay(LookEvery, cancellationToken);
            if (ServerLock.IsHeld(_place.Data)) continue;
            try
            {
                await using var turn = await TakeTurnAsync(_place.Home, cancellationToken);
                if (ServerLock.IsHeld(_place.Data)) continue;
                await EnsureRunningAsync(cancellationToken);
                say("The private PostgreSQL was gone, and was started again.");
                told = "";
            }
            catch (Exception exception) when (exception is EmbeddedPostgresException or MachineException or IOException or UnauthorizedAccessException or NpgsqlException)
            {
                if (told != exception.Message) say($"The private PostgreSQL is gone and can't be started again: {exception.Message} It is tried again.");
                told = exception.Message;
                await Task.Delay(FailurePause, cancellationToken);
            }
        }
    }

    private async Task EnsureRunningAsync(CancellationToken cancellationToken)
    {
        if (ServerLock.IsHeld(_place.Data) && FileFacts.Of(_place.Mark) is null) await StopFormerServerAsync();
        if (!ServerLock.IsHeld(_place.Data))
        {
            if (FileFacts.Of(_place.Data) is null) await InitializeAsync(cancellationToken);
            await _place.RequireOwnFilesAsync(cancellationToken);
            ServerLock.RemoveIfStale(_place.Data, _sockets);
            await ClusterConfiguration.WriteAsync(_place, _sockets, _settings, cancellationToken);
            await RetryWhileOrphansLiveAsync(() => FileFacts.Of(_place.Mark) is null ? RenameSuperuserAsync(cancellationToken) : Task.CompletedTask, cancellationToken);
            await RetryWhileOrphansLiveAsync(() => StartServerAsync(cancellationToken), cancellationToken);
        }

        RequireOwnSocket();
        await PrivateDatabase.PrepareAsync(AdministratorConnectionString, _password, cancellationToken);
    }

    // A server of an earlier version listens on a port, and its superuser is the program's role.
    private async Task StopFormerServerAsync()
    {
        if (IsAnyonePresent(_place.Home)) throw new EmbeddedPostgresException($"Workers of an earlier version use the database in {_place.Data}. Stop them, then try again.");
        await StopServerAsync();
    }

    private async Task InitializeAsync(CancellationToken cancellationToken)
    {
        // A start that was cut short may have left it. The finished folder gets its name in one step.
        await _place.RemoveAsync(_place.NewData, cancellationToken);
        await _place.MakeServerFolderAsync(_place.NewData, cancellationToken);
        await ServerUser.RunAsync(
            _binaries.Program("initdb"),
            ["-D", _place.NewData, "-U", PrivateDatabase.Administrator, "--auth-local=peer", "--auth-host=reject", "-E", "UTF8", "--locale", "C", "--no-instructions"],
            _place.Folder, input: null, cancellationToken);
        await PrivateFiles.WriteAsync(_place.Mark, "2\n"u8.ToArray(), cancellationToken);
        Directory.Move(_place.NewData, _place.Data);
    }

    private async Task RenameSuperuserAsync(CancellationToken cancellationToken)
    {
        await ServerUser.RunAsync(
            _binaries.Program("postgres"), ["--single", "-j", "-c", $"config_file={ClusterConfiguration.FileName}", "-c", "exit_on_error=on", "postgres"],
            _place.Folder, PrivateDatabase.RenameSuperuser + "\n\n", cancellationToken);
        await PrivateFiles.WriteAsync(_place.Mark, "2\n"u8.ToArray(), cancellationToken);
    }

    // The program starts in the cluster's folder, so that no path goes through pg_ctl's shell.
    private async Task StartServerAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ServerUser.RunAsync(
                _binaries.Program("pg_ctl"),
                ["start", "-D", ".", "-w", "-t", "60", "-l", Path.Combine("postgres", "server.log")], _place.Folder, input: null, cancellationToken);
        }
        catch (EmbeddedPostgresException)
        {
            throw new EmbeddedPostgresException($"PostgreSQL can't be started: {await ReadReasonAsync(cancellationToken)} (see {LogFile}).");
        }
    }

    private string LogFile => Path.Combine(_place.Data, "server.log");

    private async Task<string> ReadReasonAsync(CancellationToken cancellationToken)
    {
        if (FileFacts.Of(LogFile) is not { IsFile: true }) return "it wrote no log";
        var lines = (await File.ReadAllLinesAsync(LogFile, cancellationToken)).TakeLast(20).Where(line => line.Contains("FATAL:", StringComparison.Ordinal) || line.Contains("ERROR:", StringComparison.Ordinal)).ToList();
        return lines.Count == 0 ? "its log doesn't say why" : lines[^1][(lines[^1].IndexOf(": ", StringComparison.Ordinal) + 2)..].Trim();
    }

    private static async Task RetryWhileOrphansLiveAsync(Func<Task> start, CancellationToken cancellationToken)
    {
        for (var since = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                await start();
                return;
            }
            catch (EmbeddedPostgresException exception) when (
                exception.Message.Contains("pre-existing shared memory block", StringComparison.Ordinal) && Stopwatch.GetElapsedTime(since) < OrphansWait)
            {
                await Task.Delay(TurnWait * 4, cancellationToken);
            }
        }
    }

    private async Task StopServerAsync()
    {
        try
        {
            await ServerUser.RunAsync(
                _binaries.Program("pg_ctl"), ["stop", "-D", "postgres", "-m", "fast", "-w", "-t", "60"], _place.Folder, input: null, CancellationToken.None);
        }
        catch (EmbeddedPostgresException) when (!ServerLock.IsHeld(_place.Data))
        {
            // It died meanwhile.
        }
    }

    // The folder lets nobody else in; this is the second lock on the door.
    private void RequireOwnSocket()
    {
        var socket = ServerLock.SocketIn(_sockets);
        if (FileFacts.Of(socket) is not { IsSocket: true } facts || facts.Owner != _place.Owner)
            throw new EmbeddedPostgresException($"{socket} isn't the private server's socket, so nothing is sent there. Stop the server of {_place.Data}, and try again.");
    }
}
