using System.Net;
using System.Text.Json.Nodes;
using Darkroom.Worker.Hosting;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Hosting;

public sealed class WorkerHostTests
{
    [Fact]
    public async Task Health_StoreBreaksAndMends_ReadinessFollowsAndLifeStays()
    {
        await using var world = await CliWorld.CreateAsync();
        var store = Path.Combine(world.Folder.Path, "images");
        world.Environment["Storage__Path"] = store;
        var worker = world.StartWorker();
        using var client = await world.ClientOfAsync(worker);

        (await client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await ReadyAsync(client);
        (await client.GetStringAsync("/health/ready"))
            .ShouldBe("""{"status":"healthy","checks":{"database":"healthy","migrations":"healthy","engine":"healthy","store":"healthy","machine":"healthy"}}""");

        // A page of a foreign name, which a browser here can be made to ask, gets what it gets anywhere.
        using (var foreign = new HttpRequestMessage(HttpMethod.Get, "/health/ready") { Headers = { Host = "rebound.example" } })
        {
            using var anybody = new HttpClient { BaseAddress = client.BaseAddress };
            (await anybody.SendAsync(foreign)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        // Rights don't stop root: a file in the folder's place does.
        Directory.Delete(store, recursive: true);
        await File.WriteAllTextAsync(store, "");
        await BrokenAsync(client);
        (await (await client.GetAsync("/health/ready")).Content.ReadAsStringAsync()).ShouldContain("\"store\":\"unhealthy: ");
        // Whoever isn't known hears that it is so, and not why: a reason names folders.
        using var stranger = new HttpClient { BaseAddress = client.BaseAddress };
        (await (await stranger.GetAsync("/health/ready")).Content.ReadAsStringAsync()).ShouldBe("""{"status":"unhealthy"}""");
        (await client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);

        // Not made anew by itself: a folder that is gone may come back.
        File.Delete(store);
        await Task.Delay(Readiness.Lifetime);
        (await client.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        Directory.CreateDirectory(store);
        await ReadyAsync(client);
        worker.HasExited.ShouldBeFalse();
    }

    [Fact]
    public async Task Health_DoorIsBroken_LifeStaysAndNothingIsLetIn()
    {
        await using var world = await CliWorld.CreateAsync();
        using var client = await world.ClientOfAsync(world.StartWorker());
        await using (var command = world.Database.DataSource.CreateCommand("alter table access_key rename to gone")) await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        (await client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        client.DefaultRequestHeaders.Authorization = null;
        await ReadyAsync(client);
        using var answer = await client.GetAsync("/v1/batches");
        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldContain("urn:darkroom:problem:internal");
        text.ShouldNotContain("access_key");
    }

    [Fact]
    public async Task Dashboard_OfHangfire_IsForThisMachineAlone()
    {
        await using var world = await CliWorld.CreateAsync();
        using var client = await world.ClientOfAsync(world.StartWorker());

        (await client.GetAsync("/hangfire")).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var forwarded = new HttpRequestMessage(HttpMethod.Get, "/hangfire");
        forwarded.Headers.Add("X-Forwarded-For", "192.0.2.1");
        (await client.SendAsync(forwarded)).StatusCode.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Worker_SchemaMovesOn_StopsByItself()
    {
        await using var world = await CliWorld.CreateAsync();
        var worker = world.StartWorker();
        await worker.UntilPrintedAsync("tells how it is");
        await world.CountAsync("with bearable as (insert into schema_migration (number, name, checksum, compatible) values (9998, '9998_added.sql', 'x', true)) select 1");
        await world.CountAsync("with newer as (insert into schema_migration (number, name, checksum) values (9999, '9999_newer.sql', 'x') returning 1) select count(*) from newer");

        (await worker.WaitAsync()).ShouldExit(1).Error.ShouldContain("The database has migration 9999_newer.sql, which this program doesn't know");
        (await world.RunAsync("worker")).ShouldExit(2).Error.ShouldContain("9999_newer.sql");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Signal_WhileItStarts_EndsItAsCleanlyAsLaterAndTheSecondAtOnce(int signals)
    {
        await using var world = await CliWorld.CreateAsync();
        var before = world.StartWorker();
        await before.UntilPrintedAsync("tells how it is");
        await before.SignalAsync("TERM");
        (await before.WaitAsync()).ShouldExit(0);

        // Hangfire can't start while somebody has its tables.
        await using var connection = await world.Database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var holding = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var tables = connection.CreateCommand())
        {
            tables.CommandText = "select string_agg(format('lock table %I.%I', schemaname, tablename), ';') from pg_tables where schemaname = 'hangfire'";
            tables.CommandText = (string)(await tables.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
            await tables.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var worker = world.StartWorker();
        await Poll.UntilAsync(
            async () => await world.CountAsync("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0, "Hangfire to wait");
        for (var signal = 1; signal <= signals; signal++)
        {
            await worker.SignalAsync("TERM");
            // Two that come before the first is noticed are one; and what the first would break off wrongly, it has by then.
            await using var moment = connection.CreateCommand();
            moment.CommandText = "select pg_sleep(1)";
            await moment.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        if (signals == 1)
        {
            worker.HasExited.ShouldBeFalse();
            await holding.RollbackAsync(TestContext.Current.CancellationToken);
        }

        var ended = (await worker.WaitAsync()).ShouldExit(0);
        if (signals == 1)
        {
            ended.Error.ShouldNotContain("crit:");
            ended.Error.ShouldNotContain("fail:");
        }

        (await world.CountAsync("select count(*) from process where lease_until > now()")).ShouldBe(0);
    }

    [Theory]
    [InlineData("json", true)]
    [InlineData("simple", false)]
    public async Task Logs_FormatterNamed_AreWrittenInItsForm(string formatter, bool json)
    {
        await using var world = await CliWorld.CreateAsync();
        world.Environment["Logging__Console__FormatterName"] = formatter;
        var worker = world.StartWorker();
        await worker.UntilPrintedAsync("tells how it is");
        await worker.SignalAsync("TERM");
        var line = (await worker.WaitAsync()).ShouldExit(0).Error.Split('\n').First(line => line.Contains("Listening on", StringComparison.Ordinal));
        line.StartsWith('{').ShouldBe(json);
        if (json) JsonNode.Parse(line)!["EventId"]!.GetValue<int>().ShouldBe(1001);
    }

    private static Task BrokenAsync(HttpClient client) =>
        Poll.UntilAsync(async () => (await client.GetAsync("/health/ready")).StatusCode == HttpStatusCode.ServiceUnavailable, "the worker to be unready");

    // Hangfire announces itself a moment after the start, and a result holds for ten seconds.
    private static Task ReadyAsync(HttpClient client) =>
        Poll.UntilAsync(async () => (await client.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK, "the worker to be ready");
}
