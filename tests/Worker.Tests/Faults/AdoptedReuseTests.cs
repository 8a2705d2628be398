using Darkroom.Simulator;
using Darkroom.Worker.Tests.Processes;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Darkroom.Worker.Tests.Faults;

/// <summary>What a killed worker had stored and not yet written down is worth as much as anything that was paid for, to later batches too.</summary>
public sealed class AdoptedReuseTests
{
    private const int Items = 2;
    private static readonly TimeSpan Latency = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Worker_KilledBetweenTheImagesAndTheirTransaction_IsAdoptedAndReusedLater()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Latency = Latency, LatencyJitter = 0, LatencyTail = 0, TimeProvider = time });
        world.Environment["Worker__LeaseTime"] = "00:00:05";
        // Sources have versions, and without one nothing would be reused: adopted images have to have kept theirs.
        world.Environment["Sources__AllowedHosts__0"] = "127.0.0.1";
        world.Environment["Reuse__Record"] = "true";
        world.Environment["Reuse__Unverified"] = "false";
        var source = new Uri(world.Simulator.BaseUrl, "/catalogue/mug.png");
        world.Folder.Write("shop.jsonl", string.Concat(Enumerable.Range(1, Items).Select(number => $$"""{"id":"item-{{number}}","image":"{{source}}","prompt":"Paint {{number}}."}""" + "\n")));
        string[] submit = ["submit", "shop.jsonl", "--reuse", "--size", "1024x1024", "--quality", "low", "--json"];
        var first = (await world.RunAsync(submit)).ShouldExit(0).Json["batch"]!.GetValue<string>();

        await WorkUntilOnlyTheTransactionIsMissingAsync(world, time, first);
        world.Simulator.Account.Summary.Billed.ShouldBe(Items);
        (await world.CountAsync("select count(*) from item where state = 'sending'")).ShouldBe(Items);
        (await world.CountAsync("select (select count(*) from output) + (select count(*) from ledger)")).ShouldBe(0, "nothing is written down");

        world.StartWorker();
        (await world.RunAsync("watch", first)).ShouldExit(0);
        (await world.CountAsync("select count(*) from attempt where state = 'adopted'")).ShouldBe(Items);
        (await world.CountAsync("select count(*) from attempt")).ShouldBe(Items, "nobody was called again");
        (await world.CountAsync("select count(*) from ledger where kind = 'reported'")).ShouldBe(Items, "its usage stood beside each image");

        var second = (await world.RunAsync(submit)).ShouldExit(0).Json["batch"]!.GetValue<string>();
        (await world.RunAsync("watch", second)).ShouldExit(0);

        var items = (await world.StatusAsync(second))["items"]!;
        (items["reused"]!.GetValue<int>(), items["succeeded"]!.GetValue<int>()).ShouldBe((Items, 0));
        world.Simulator.Account.Summary.Billed.ShouldBe(Items, "each image was paid for once");
        (await world.RunAsync("doctor", "--outputs", first)).ShouldExit(0);
    }

    // Rows that are locked keep the worker from completing them, however fast it is; claims and beginnings are over then.
    private static async Task WorkUntilOnlyTheTransactionIsMissingAsync(CliWorld world, FakeTimeProvider time, string batch)
    {
        var worker = world.StartWorker();
        await world.UntilInFlightAsync(Items);
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(world.Database.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using (var command = new NpgsqlCommand($"select from item where batch_id = '{batch}' for update", connection, transaction)) await command.ExecuteNonQueryAsync(Cancel);
        var images = Path.Combine(world.Folder.Home, "images", batch);
        await Poll.UntilAsync(
            () =>
            {
                // The simulator answers when its own time has passed, and a call may come to wait for it only now.
                time.Advance(Latency);
                return Directory.Exists(images) && Directory.EnumerateFiles(images, "*.png").Count() == Items;
            },
            "the images in the store");
        await worker.KillAsync();
        // A statement outlives its client until it has something to say, and may lie unread; with the machine it would have ended, too.
        var others = $"from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid not in (pg_backend_pid(), {connection.ProcessID})";
        await world.CountAsync($"select count(pg_terminate_backend(pid)) {others}");
        // Of our own connections, too, only that one is left.
        world.Database.DataSource.Clear();
        await Poll.UntilAsync(async () => await world.CountAsync($"select count(*) {others}") == 0, "the worker's connections to end");
        await transaction.RollbackAsync(Cancel);
    }
}
