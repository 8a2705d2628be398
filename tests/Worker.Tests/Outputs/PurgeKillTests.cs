using Darkroom.Worker.Tests.Processes;
using Npgsql;

namespace Darkroom.Worker.Tests.Outputs;

/// <summary>A real purge process is killed (SIGKILL) at each of its steps; the next one finishes, and nothing is half removed meanwhile.</summary>
public sealed class PurgeKillTests
{
    private const int Items = 24;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Purge_KilledWhileFilesGo_IsFinishedByTheNext(int seed)
    {
        await using var world = await CliWorld.CreateAsync();
        var (batch, images, report) = await RunAsync(world);
        var left = new Random(seed).Next(1, Files(images) - 1);
        // Rows that are locked keep the process from getting past the files, however fast it is.
        await using var locked = await LockAsync(world, $"select from item where batch_id = '{batch}' for update");

        var purge = world.Start("purge", batch, "--yes");
        await Poll.UntilAsync(() => Files(images) <= left, $"at most {left} files");
        await purge.KillAsync();
        await EndStatementsAsync(world);
        await locked.DisposeAsync();

        (await world.CountAsync("select count(*) from item")).ShouldBe(Items, "a row goes after its file");
        await ShouldFinishAsync(world, batch, images, report);
    }

    [Theory]
    [InlineData("Purge.RemoveItems")]
    [InlineData("Purge.RemoveBatch")]
    public async Task Purge_KilledWhileRowsGo_IsFinishedByTheNext(string statement)
    {
        await using var world = await CliWorld.CreateAsync();
        var (batch, images, report) = await RunAsync(world);
        var items = await LockAsync(world, $"select from item where batch_id = '{batch}' for update");
        var purge = world.Start("purge", batch, "--yes");
        await UntilWaitingAsync(world, "Purge.RemoveItems");
        NpgsqlConnection? rows = null;
        if (statement == "Purge.RemoveBatch")
        {
            rows = await LockAsync(world, $"select from batch where id = '{batch}' for key share");
            await items.DisposeAsync();
            await UntilWaitingAsync(world, statement);
        }

        await purge.KillAsync();
        await EndStatementsAsync(world);
        await items.DisposeAsync();
        if (rows is not null) await rows.DisposeAsync();

        Files(images).ShouldBe(0);
        (await world.CountAsync("select count(*) from batch where purging_since is not null")).ShouldBe(1);
        (await world.CountAsync("select count(*) from item")).ShouldBe(rows is null ? Items : 0);
        await ShouldFinishAsync(world, batch, images, report);
    }

    private static async Task<(string Batch, string Images, string Report)> RunAsync(CliWorld world)
    {
        var batch = (await world.RunAsync("run", world.WriteManifest(Items), "--size", "1024x1024", "--quality", "low", "--json")).ShouldExit(0).Json["batch"]!.GetValue<string>();
        var images = Path.Combine(world.Folder.Home, "images");
        Files(images).ShouldBeGreaterThanOrEqualTo(Items);
        return (batch, images, await ReportAsync(world));
    }

    private static async Task ShouldFinishAsync(CliWorld world, string batch, string images, string report)
    {
        (await world.RunAsync("retry", batch, "--state", "failed")).ShouldExit(2).Error.ShouldContain("being purged");
        (await ReportAsync(world)).ShouldBe(report);

        (await world.RunAsync("purge", batch, "--yes")).ShouldExit(0);

        Files(images).ShouldBe(0);
        foreach (var table in (string[])["batch", "item", "attempt", "output"]) (await world.CountAsync($"select count(*) from {table}")).ShouldBe(0, table);
        (await world.CountAsync("select count(*) from ledger")).ShouldBe(Items);
        (await ReportAsync(world)).ShouldBe(report);
        (await world.RunAsync("purge", batch, "--yes")).ShouldExit(2).Error.ShouldContain($"There is no batch {batch}.");
    }

    private static async Task<string> ReportAsync(CliWorld world) => (await world.RunAsync("report", "--by", "day,model,batch", "--json")).ShouldExit(0).Out;

    // Records and empty folders of records included.
    private static int Files(string images) => Directory.Exists(images) ? Directory.EnumerateFiles(images, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true }).Count() : 0;

    private static async Task<NpgsqlConnection> LockAsync(CliWorld world, string sql)
    {
        // Not from the pool: disposing it ends its transaction, and with it the locks, at once.
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(world.Database.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Cancel);
        await using (var begin = new NpgsqlCommand("begin", connection)) await begin.ExecuteNonQueryAsync(Cancel);
        await using (var command = new NpgsqlCommand(sql, connection)) await command.ExecuteNonQueryAsync(Cancel);
        return connection;
    }

    private static Task UntilWaitingAsync(CliWorld world, string statement) => Poll.UntilAsync(
        async () => await world.CountAsync($"select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '-- name: {statement}%'") == 1,
        $"{statement} to wait");

    // A statement outlives its client until it has something to say; with the machine it would have ended, too.
    private static async Task EndStatementsAsync(CliWorld world)
    {
        const string Others = "from pg_stat_activity where datname = current_database() and query like '-- name: Purge.%' and wait_event_type = 'Lock'";
        await world.CountAsync($"select count(pg_terminate_backend(pid)) {Others}");
        await Poll.UntilAsync(async () => await world.CountAsync($"select count(*) {Others}") == 0, "the process's statements to end");
    }
}
