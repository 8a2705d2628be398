using Darkroom.Testing;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Pace;

public sealed class NewsTests
{
    private const string Listeners = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and query like '%listen darkroom_news%'";

    [Fact]
    public async Task Submit_NextPollFarAway_StartsByTheNews()
    {
        await using var world = await PaceWorld.CreateAsync(TimeSpan.Zero);
        world.Environment["Worker__SweepInterval"] = "00:01:00";
        await world.StartWorkersAsync(1);
        await UntilListeningAsync(world);
        (await world.CountAsync(Listeners)).ShouldBe(1, "one connection a process");

        await world.SubmitRowsAsync("News", 1);

        // The poll, a minute after the listening began, is the other way that it could have come.
        await Poll.UntilAsync(() => world.Billed("News") == 1, "the batch to start", TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task Submit_DatabaseWasAwayAndNewsAreLost_GoesOnByListeningAnewAndByPolling()
    {
        await using var world = await PaceWorld.CreateAsync(TimeSpan.Zero);
        await using var gate = new TcpGate(world.Database.Server);
        var straight = world.Environment["ConnectionStrings__Postgres"];
        world.ReachDatabaseBy(gate.Port);
        world.Environment["Worker__SweepInterval"] = "00:00:03";
        var worker = (await world.StartWorkersAsync(1)).Single();
        world.Environment["ConnectionStrings__Postgres"] = straight;
        await UntilListeningAsync(world);

        gate.Shut();
        await gate.UntilRefusedAsync(3, TestContext.Current.CancellationToken);
        await Poll.UntilAsync(async () => await world.CountAsync(Listeners) == 0, "the database to have noticed");
        var meanwhile = await world.SubmitRowsAsync("Meanwhile", 2);
        gate.Open();
        (await world.RunAsync("watch", meanwhile)).ShouldExit(0);
        await UntilListeningAsync(world);

        await using (var command = world.Database.DataSource.CreateCommand("drop trigger batch_news on batch"))
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var untold = await world.SubmitRowsAsync("Untold", 2);
        (await world.RunAsync("watch", untold)).ShouldExit(0);
        worker.HasExited.ShouldBeFalse();
    }

    private static Task UntilListeningAsync(CliWorld world) => Poll.UntilAsync(async () => await world.CountAsync(Listeners) > 0, "the worker to listen");
}
