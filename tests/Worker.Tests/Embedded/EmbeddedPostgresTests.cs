using System.Security.Cryptography;
using System.Text;
using Darkroom.Simulator;
using Darkroom.Worker.Embedded;
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
            // Its file still lies there.
            folder.HasServer.ShouldBeTrue();
        }

        await using var after = await StartAsync(folder);
        (await AskAsync(after, "select n from kept")).ShouldBe(7);
    }

    [Fact]
    public async Task StartAsync_FolderClosedToTheServersUser_KeepsTheDataElsewhere()
    {
        Installed.Require();
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Only root runs the server as another user.");
        using var folder = new TemporaryFolder(closed: true);
        var data = Path.Combine(folder.Home, "postgres");
        var elsewhere = $"/var/tmp/darkroom-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data)))[..12]}";
        try
        {
            var said = new List<string>();
            await using (var first = await EmbeddedPostgres.StartAsync(folder.Home, ["fsync=off"], said.Add, TestContext.Current.CancellationToken))
                await ExecuteAsync(first, "create table kept (n integer); insert into kept values (7)");

            said.ShouldContain(line => line.Contains($"its data is kept in {elsewhere}/postgres", StringComparison.Ordinal));
            await using var again = await StartAsync(folder);
            (await AskAsync(again, "select n from kept")).ShouldBe(7);
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
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

    private static async Task<int> AskAsync(EmbeddedPostgres postgres, string sql = "select 1")
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Pooling = false }.ConnectionString);
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
