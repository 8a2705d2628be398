using Darkroom.Testing;
using Darkroom.Worker.Hosting;
using Darkroom.Worker.Tests.Processes;
using Npgsql;

namespace Darkroom.Worker.Tests.Hosting;

public sealed class DatabaseWaitTests
{
    private readonly List<string> _said = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_DatabaseComesUp_StartsAndSaysOnceThatItWaited()
    {
        var tries = 0;

        var started = await Wait(TimeSpan.FromMinutes(10)).RunAsync(() => ++tries < 3 ? throw new NpgsqlException("away", new IOException("gone")) : Task.FromResult(tries), Cancel);

        started.ShouldBe(3);
        _said.ShouldBe(["The database doesn't answer (gone); it is tried again for 10 min."]);
    }

    [Fact]
    public async Task RunAsync_NoPatience_GivesUpAtOnce()
    {
        var tries = 0;

        await Should.ThrowAsync<NpgsqlException>(() => Wait(TimeSpan.Zero).RunAsync<int>(() => ++tries > 0 ? throw new NpgsqlException("away", new IOException("gone")) : Task.FromResult(0), Cancel));

        tries.ShouldBe(1);
        _said.ShouldBeEmpty();
    }

    [Fact]
    public async Task RunAsync_AnotherFault_IsNotWaitedOut()
    {
        var tries = 0;

        await Should.ThrowAsync<InvalidOperationException>(() => Wait(TimeSpan.FromMinutes(10)).RunAsync<int>(() => ++tries > 0 ? throw new InvalidOperationException("wrong") : Task.FromResult(0), Cancel));

        tries.ShouldBe(1);
    }

    [Fact]
    public async Task RunAsync_Stopped_EndsTheWait()
    {
        using var stop = new CancellationTokenSource();

        await Should.ThrowAsync<OperationCanceledException>(() => Wait(TimeSpan.FromMinutes(10)).RunAsync<int>(
            async () =>
            {
                await stop.CancelAsync();
                throw new NpgsqlException("away", new IOException("gone"));
            },
            stop.Token));
    }

    [Fact]
    public async Task Worker_StartedBeforeItsDatabase_WaitsForIt()
    {
        await using var world = await CliWorld.CreateAsync();
        var server = new NpgsqlConnectionStringBuilder(world.Database.ConnectionString);
        await using var gate = new TcpGate(world.Database.Server, open: false);
        var straight = world.Environment["ConnectionStrings__Postgres"];
        server.Host = "127.0.0.1";
        server.Port = gate.Port;
        world.Environment["ConnectionStrings__Postgres"] = server.ConnectionString;
        world.Environment["Worker__DatabaseWait"] = "00:10:00";

        var worker = world.StartWorker();
        await worker.UntilPrintedAsync("it is tried again for 10 min");
        gate.Open();

        await worker.UntilPrintedAsync("Listening on");
        world.Environment["ConnectionStrings__Postgres"] = straight;
        var batch = await world.SubmitAsync(1);
        (await world.RunAsync("watch", batch)).ShouldExit(0);
        await worker.SignalAsync("TERM");
        (await worker.WaitAsync()).ShouldExit(0);
    }

    [Fact]
    public async Task Worker_StoppedWhileItWaitsForItsDatabase_EndsWell()
    {
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ConnectionStrings__Postgres"] = "Host=127.0.0.1;Port=1;Username=u;Password=planted-secret",
            ["Worker__DatabaseWait"] = "00:10:00",
        };
        await using var worker = DarkroomProcess.Start(folder.Path, environment, "worker");
        await worker.UntilPrintedAsync("The database doesn't answer");

        await worker.SignalAsync("TERM");

        (await worker.WaitAsync()).ShouldExit(0).Error.ShouldNotContain("planted-secret");
    }

    [Fact]
    public async Task Worker_DatabaseStaysAway_GivesUpAndSaysWhatToCheck()
    {
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ConnectionStrings__Postgres"] = "Host=127.0.0.1;Port=1;Username=u;Password=planted-secret",
            ["Worker__DatabaseWait"] = "00:00:01",
        };
        await using var worker = DarkroomProcess.Start(folder.Path, environment, "worker");

        (await worker.WaitAsync()).ShouldExit(2).Error.ShouldContain("The database can't be used: ");
    }

    private DatabaseWait Wait(TimeSpan patience) => new(patience, _said.Add, TimeProvider.System);
}
