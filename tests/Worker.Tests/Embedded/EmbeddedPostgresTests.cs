using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Darkroom.Simulator;
using Darkroom.Testing.Postgres;
using Darkroom.Worker.Embedded;
using Darkroom.Worker.Machine;
using Darkroom.Worker.Tests.Processes;
using Npgsql;

namespace Darkroom.Worker.Tests.Embedded;

/// <summary>The private cluster of <c>.darkroom/</c>: shared, and never left behind.</summary>
public sealed class EmbeddedPostgresTests
{
    [Fact]
    public async Task StartAsync_TwoUsers_ShareOneServerAndTheLastStopsIt()
    {
        Installed.Require();
        using var folder = new TemporaryFolder();
        var first = await StartAsync(folder);
        var second = await StartAsync(folder);

        second.ConnectionString.ShouldBe(first.ConnectionString);
        await first.DisposeAsync();
        (await AskAsync(second)).ShouldBe(1);
        await second.DisposeAsync();

        folder.HasServer.ShouldBeFalse();
        await Should.ThrowAsync<NpgsqlException>(() => AskAsync(second));
        // Leaving twice is leaving.
        await second.DisposeAsync();
    }

    [Fact]
    public async Task StartAsync_ServerWasKilled_StartsItAgainWithTheDataThatWasThere()
    {
        Installed.Require();
        using var folder = new TemporaryFolder();
        await using (var before = await StartAsync(folder))
        {
            await ExecuteAsync(before, "create table kept (n integer); insert into kept values (7)");
            await Signals.SendAsync(folder.ServerId, "KILL");
            await Poll.UntilAsync(async () => !await AnswersAsync(before), "the server to be gone");
            // Its file still lies there, and no live process holds it.
            File.Exists(Path.Combine(folder.Place!.Data, "postmaster.pid")).ShouldBeTrue();
            folder.HasServer.ShouldBeFalse();
        }

        await using var after = await StartAsync(folder);
        (await AskAsync(after, "select n from kept")).ShouldBe(7);
    }

    [Fact]
    public async Task StartAsync_Always_MakesAPrivateClusterThatOnlyItsUserReaches()
    {
        Installed.Require();
        using var folder = new TemporaryFolder();
        await using var postgres = await StartAsync(folder);
        var place = folder.Place!;

        // The program's role is no superuser, owns its database, and has to prove that it knows the password; so has the server.
        (await AskAsync(postgres, "select count(*)::int from pg_roles where rolname = current_user and (rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls)")).ShouldBe(0);
        (await AskAsync(postgres, "select count(*)::int from pg_database where datname = current_database() and datdba = current_user::regrole")).ShouldBe(1);
        (await AskAsync(postgres, "select count(*)::int from pg_settings where name = 'listen_addresses' and setting = ''")).ShouldBe(1);
        var address = new NpgsqlConnectionStringBuilder(postgres.ConnectionString);
        address.RequireAuth.ShouldBe("ScramSHA256");
        address.Password = "guessed";
        (await Should.ThrowAsync<PostgresException>(() => AskAsync(address.ConnectionString, "select 1"))).SqlState.ShouldBe("28P01");

        File.ReadAllText(Path.Combine(place.Folder, "pg_hba.conf")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')
            .ShouldBe(["local all darkroom_admin peer map=darkroom", "local all all scram-sha-256"]);
        foreach (var path in Directory.EnumerateFileSystemEntries(folder.Home, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }).Prepend(folder.Home))
            ((int)FileFacts.Of(path)!.Value.Rights & 0x3F).ShouldBe(0, path);
        foreach (var path in (string[])[place.Data, address.Host!])
        {
            FileFacts.Of(path)!.Value.Owner.ShouldBe(place.Owner, path);
            ((int)FileFacts.Of(path)!.Value.Rights & 0x3F).ShouldBe(0, path);
        }

        FileFacts.FindIntruder(place.Data, place.Owner).ShouldBeNull();
    }

    [Fact]
    public async Task StartAsync_ConfigurationWasChanged_IsWrittenAnewAndForeignSettingsAreRefused()
    {
        Installed.Require();
        using var folder = new TemporaryFolder();
        await using (await StartAsync(folder)) { }
        var place = folder.Place!;
        // What a server would trust everybody by, and run commands for.
        foreach (var above in (string[])[place.Folder, place.Data])
        {
            await File.WriteAllTextAsync(Path.Combine(above, "pg_hba.conf"), "local all all trust\nhost all all all trust\n", Cancel);
            await File.WriteAllTextAsync(Path.Combine(above, "postgresql.conf"), "listen_addresses = '*'\narchive_mode = on\narchive_command = 'touch /tmp/planted'\n", Cancel);
        }

        await using (var postgres = await StartAsync(folder))
        {
            (await AskAsync(postgres.AdministratorConnectionString, "select count(*)::int from pg_hba_file_rules where auth_method = 'trust'")).ShouldBe(0);
            (await AskAsync(postgres, "select count(*)::int from pg_settings where name in ('archive_mode', 'listen_addresses') and setting in ('off', '')")).ShouldBe(2);
        }

        await File.AppendAllTextAsync(Path.Combine(place.Data, "postgresql.auto.conf"), "shared_preload_libraries = '/tmp/planted.so'\n", Cancel);
        var refused = await Should.ThrowAsync<EmbeddedPostgresException>(() => StartAsync(folder));
        refused.Message.ShouldContain("postgresql.auto.conf has a setting that Darkroom didn't make (shared_preload_libraries)");
    }

    [Fact]
    public async Task StartAsync_DataIsALinkOrAnothersFile_IsRefusedAndNothingIsTouched()
    {
        Installed.Require();
        using var folder = new TemporaryFolder();
        await using (await StartAsync(folder)) { }
        var place = folder.Place!;
        var victim = Directory.CreateDirectory(Path.Combine(folder.Path, "victim")).FullName;
        await File.WriteAllTextAsync(Path.Combine(victim, "precious"), "kept", Cancel);
        var before = FileFacts.Of(victim);

        Directory.Move(place.Data, place.Data + ".away");
        foreach (var planted in (string[])[place.Data, place.NewData])
        {
            File.CreateSymbolicLink(planted, victim);
            (await Should.ThrowAsync<Exception>(() => StartAsync(folder))).ShouldBeOfType<EmbeddedPostgresException>();
            File.Delete(planted);
        }

        File.ReadAllText(Path.Combine(victim, "precious")).ShouldBe("kept");
        FileFacts.Of(victim).ShouldBe(before);
        Directory.Move(place.Data + ".away", place.Data);
        if (!Environment.IsPrivilegedProcess) return;
        // Root can make files of another user, as a neighbour would who had got in.
        var foreign = Path.Combine(place.Data, "foreign");
        await File.WriteAllTextAsync(foreign, "", Cancel);
        (await Should.ThrowAsync<EmbeddedPostgresException>(() => StartAsync(folder))).Message.ShouldContain($"{foreign} belongs to another user");
    }

    [Fact]
    public async Task StartAsync_ClusterWasPlantedInTheFolderForTemporaryFiles_IsNotUsed()
    {
        Installed.Require();
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Only root's clusters were kept there, by earlier versions.");
        using var folder = new TemporaryFolder();
        var guessed = $"/var/tmp/darkroom-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.Combine(folder.Home, "postgres"))))[..12]}";
        Directory.CreateDirectory(Path.Combine(guessed, "postgres"));
        try
        {
            await File.WriteAllTextAsync(Path.Combine(guessed, "postgres", "PG_VERSION"), "15\n", Cancel);
            // As anybody could have made it: another user's, like all that is in it.
            await GiveAsync("nobody", guessed);
            var said = new List<string>();

            await using var postgres = await EmbeddedPostgres.StartAsync(folder.Home, ["fsync=off"], said.Add, Cancel);

            said.ShouldContain(line => line.Contains($"{guessed}/postgres isn't used: {guessed} isn't a folder of root's", StringComparison.Ordinal));
            folder.Place!.Folder.ShouldStartWith(ClusterPlace.RootFolder + "/");
            File.Exists(Path.Combine(guessed, "postgres", "PG_VERSION")).ShouldBeTrue();
        }
        finally
        {
            Directory.Delete(guessed, recursive: true);
        }
    }

    [Fact]
    public async Task StartAsync_ClusterOfAnEarlierVersion_KeepsItsDataAndItsRoleLosesItsRights()
    {
        Installed.Require();
        using var folder = new TemporaryFolder();
        OwnFolder.Prepare(folder.Home);
        // As earlier versions made it: the program's role is the superuser, everything is in .darkroom/postgres.
        var former = Path.Combine(folder.Home, "postgres");
        var binaries = PostgresBinaries.Find()!;
        var making = Directory.CreateTempSubdirectory("darkroom-former-").FullName;
        if (ServerUser.IsNeeded) await GiveAsync("postgres", making);
        var data = Path.Combine(making, "data");
        await ServerUser.RunAsync(binaries.Program("initdb"), ["-D", data, "-U", "darkroom", "-A", "trust", "-E", "UTF8", "--locale", "C"], making, input: null, Cancel);
        foreach (var (database, sql) in ((string, string)[])[
            ("postgres", "create database darkroom;"),
            ("darkroom", "create schema hangfire; create type mood as enum ('good'); create table kept (n serial primary key, m mood); insert into kept values (7, 'good'); "
                + "create function seven() returns integer language sql return 7; create view kept_view as select n from kept; create table hangfire.job (id bigint generated always as identity); create sequence alone;"),
        ])
            await ServerUser.RunAsync(binaries.Program("postgres"), ["--single", "-j", "-D", data, "-c", "exit_on_error=on", database], making, sql.Replace("; ", ";\n\n", StringComparison.Ordinal) + "\n\n", Cancel);
        Directory.Move(data, former);
        Directory.Delete(making, recursive: true);

        for (var time = 1; time <= 2; time++)
        {
            await using var postgres = await StartAsync(folder);
            (await AskAsync(postgres, "select n from kept")).ShouldBe(7);
            (await AskAsync(postgres, "select seven()")).ShouldBe(7);
            // Only an owner may.
            await ExecuteAsync(postgres, "alter table kept add column if not exists further text; alter type mood add value if not exists 'better'; create table if not exists hangfire.other (n integer); alter sequence alone restart; create or replace view kept_view as select n from kept");
            (await AskAsync(postgres, "select count(*)::int from pg_roles where rolname = 'darkroom' and rolsuper")).ShouldBe(0);
            (await AskAsync(postgres, "select count(*)::int from pg_roles where rolsuper and rolname <> 'darkroom_admin'")).ShouldBe(0);
        }
    }

    [Fact]
    public async Task StartAsync_SocketsPathIsTooLong_WorksAllTheSame()
    {
        Installed.Require();
        using var folder = new TemporaryFolder();
        var home = Path.Combine(folder.Path, new string('a', 100), ".darkroom, it's");
        Directory.CreateDirectory(Path.GetDirectoryName(home)!);
        try
        {
            await using var postgres = await EmbeddedPostgres.StartAsync(home, ["fsync=off"], _ => { }, Cancel);
            (await AskAsync(postgres)).ShouldBe(1);
        }
        finally
        {
            await TestFolders.RemoveAsync(home);
        }
    }

    [Fact]
    public async Task KeepRunning_ServerIsKilled_StartsItAgainAndTheSameConnectionStringLeadsThere()
    {
        Installed.Require();
        using var folder = new TemporaryFolder();
        await using var postgres = await StartAsync(folder);
        var said = new List<string>();
        postgres.KeepRunning(line => { lock (said) said.Add(line); });
        await ExecuteAsync(postgres, "create table kept (n integer); insert into kept values (7)");
        var before = folder.ServerId;

        await Signals.SendAsync(before, "KILL");

        await Poll.UntilAsync(async () => { lock (said) if (said.Count == 0) return false; return await AnswersAsync(postgres); }, "the server to be back");
        said.ShouldBe(["The private PostgreSQL was gone, and was started again."]);
        folder.ServerId.ShouldNotBe(before);
        (await AskAsync(postgres, "select n from kept")).ShouldBe(7);
    }

    [Fact]
    public async Task Worker_ServerIsKilled_ReadinessTellsItTheWorkerStartsItAndStopsWhenAsked()
    {
        Installed.Require();
        using var folder = new TemporaryFolder();
        await using var simulator = await SimulatorServer.StartAsync(new SimulatorOptions(), Cancel);
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["OPENAI_BASE_URL"] = simulator.BaseUrl.ToString() };
        await using var worker = DarkroomProcess.Start(folder.Path, environment, "worker", "--urls", "http://127.0.0.1:0");
        await worker.UntilPrintedAsync("Listening on");

        await Signals.SendAsync(folder.ServerId, "KILL");
        await worker.UntilPrintedAsync("The private PostgreSQL was gone, and was started again.");

        await using var list = DarkroomProcess.Start(folder.Path, environment, "list");
        (await list.WaitAsync()).ShouldExit(0);
        await Signals.SendAsync(folder.ServerId, "KILL");
        await worker.SignalAsync("TERM");
        (await worker.WaitAsync(TimeSpan.FromMinutes(1))).ShouldExit(0);
        folder.HasServer.ShouldBeFalse();
    }

    [Fact]
    public async Task List_ServerAndWorkerWereKilledAndAnotherListens_SendsNothingThere()
    {
        Installed.Require();
        using var folder = new TemporaryFolder();
        string sockets;
        await using (var postgres = await StartAsync(folder))
        {
            sockets = new NpgsqlConnectionStringBuilder(postgres.ConnectionString).Host!;
            await Signals.SendAsync(folder.ServerId, "KILL");
            await Poll.UntilAsync(() => !folder.HasServer, "the server to be gone");
        }

        // The file of the dead server names a process that lives and isn't PostgreSQL's.
        var lockFile = Path.Combine(folder.Place!.Data, "postmaster.pid");
        File.Exists(lockFile).ShouldBeTrue();
        await File.WriteAllTextAsync(lockFile, $"{Environment.ProcessId}\n", Cancel);
        File.Delete(Path.Combine(sockets, ".s.PGSQL.5432"));
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(sockets, ".s.PGSQL.5432")));
        listener.Listen();
        var came = listener.AcceptAsync(Cancel).AsTask();

        await using (var next = await StartAsync(folder)) (await AskAsync(next)).ShouldBe(1);

        came.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Worker_KilledWithoutWarning_LeavesNoLockAndTheNextStopsTheServer()
    {
        Installed.Require();
        using var folder = new TemporaryFolder();
        await using var simulator = await SimulatorServer.StartAsync(new SimulatorOptions(), TestContext.Current.CancellationToken);
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["OPENAI_BASE_URL"] = simulator.BaseUrl.ToString() };
        await using var worker = DarkroomProcess.Start(folder.Path, environment, "worker", "--urls", "http://127.0.0.1:0");
        await worker.UntilPrintedAsync("Listening on");

        // Another process joins the server and leaves it running.
        await using var list = DarkroomProcess.Start(folder.Path, environment, "list");
        (await list.WaitAsync()).ShouldExit(0);
        folder.HasServer.ShouldBeTrue();
        var server = folder.ServerId;

        await worker.KillAsync();
        folder.ServerId.ShouldBe(server);
        await using var next = DarkroomProcess.Start(folder.Path, environment, "list");
        (await next.WaitAsync()).ShouldExit(0);

        folder.HasServer.ShouldBeFalse();
    }

    [Fact]
    public async Task Run_Interrupted_StopsCleanlyAndStopsTheServer()
    {
        Installed.Require();
        using var folder = new TemporaryFolder();
        await using var simulator = await SimulatorServer.StartAsync(
            new SimulatorOptions { Latency = TimeSpan.FromSeconds(2), LatencyJitter = 0, LatencyTail = 0 }, TestContext.Current.CancellationToken);
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["OPENAI_BASE_URL"] = simulator.BaseUrl.ToString(), ["OPENAI_API_KEY"] = CliWorld.Key, ["Worker__MaxInFlight"] = "2" };
        folder.Write("catalogue.jsonl", string.Join('\n', Enumerable.Range(1, 100).Select(n => CliWorld.Row($"item-{n}", $"Put it on white {n}"))));
        await using var run = DarkroomProcess.Start(folder.Path, environment, "run", "catalogue.jsonl", "--size", "1024x1024", "--quality", "low");
        await Poll.UntilAsync(() => simulator.Account.Summary.InFlight == 2, "calls in flight");

        await run.SignalAsync("INT");

        var stopped = (await run.WaitAsync()).ShouldExit(130);
        stopped.Error.ShouldContain("Stopping: calls in flight finish; a second signal stops at once.");
        stopped.Error.ShouldContain("hasn't finished; nothing is lost. 'darkroom worker' goes on with it.");
        stopped.Error.ShouldNotContain("Exception");
        folder.HasServer.ShouldBeFalse();
        var account = simulator.Account.Summary;
        account.Delivered.ShouldBe(account.Requests);

        await using var list = DarkroomProcess.Start(folder.Path, environment, "list", "--json");
        var items = (await list.WaitAsync()).ShouldExit(0).Json.AsArray().Single()!["items"]!;
        items["succeeded"]!.GetValue<long>().ShouldBe(account.Billed);
        items["sending"]!.GetValue<int>().ShouldBe(0);
    }

    private static Task<EmbeddedPostgres> StartAsync(TemporaryFolder folder) =>
        EmbeddedPostgres.StartAsync(folder.Home, ["fsync=off"], _ => { }, TestContext.Current.CancellationToken);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task GiveAsync(string user, string folder)
    {
        using var chown = Process.Start("chown", ["-R", user, folder]);
        await chown.WaitForExitAsync(Cancel);
        chown.ExitCode.ShouldBe(0);
    }

    private static async Task<bool> AnswersAsync(EmbeddedPostgres postgres)
    {
        try
        {
            await AskAsync(postgres);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static Task<int> AskAsync(EmbeddedPostgres postgres, string sql = "select 1") => AskAsync(postgres.ConnectionString, sql);

    private static async Task<int> AskAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (int)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(EmbeddedPostgres postgres, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
