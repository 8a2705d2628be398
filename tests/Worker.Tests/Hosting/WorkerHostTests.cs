using System.Net;
using Darkroom.Worker.Engines;
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
        using var client = await ClientOfAsync(worker);

        (await client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetStringAsync("/health/ready")).ShouldBe("""{"status":"healthy","checks":{"database":"healthy","store":"healthy"}}""");

        // Rights don't stop root: a file in the folder's place does.
        Directory.Delete(store, recursive: true);
        await File.WriteAllTextAsync(store, "");
        var broken = await client.GetAsync("/health/ready");
        broken.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await broken.Content.ReadAsStringAsync()).ShouldContain("\"store\":\"unhealthy: ");
        (await client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);

        File.Delete(store);
        (await client.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        worker.HasExited.ShouldBeFalse();
    }

    [Fact]
    public async Task Health_DoorIsBroken_LifeStaysAndNothingIsLetIn()
    {
        await using var world = await CliWorld.CreateAsync();
        using var client = await ClientOfAsync(world.StartWorker());
        await using (var command = world.Database.DataSource.CreateCommand("alter table access_key rename to gone")) await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        (await client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var answer = await client.GetAsync("/v1/batches");
        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldContain("urn:darkroom:problem:internal");
        text.ShouldNotContain("access_key");
    }

    [Fact]
    public async Task Dashboard_OfHangfire_IsForThisMachineAlone()
    {
        if (!EngineKinds.Built.Contains("hangfire")) Assert.Skip("This build has no Hangfire.");
        await using var world = await CliWorld.CreateAsync();
        world.Environment["Engine__Kind"] = "hangfire";
        using var client = await ClientOfAsync(world.StartWorker());

        (await client.GetAsync("/hangfire")).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var forwarded = new HttpRequestMessage(HttpMethod.Get, "/hangfire");
        forwarded.Headers.Add("X-Forwarded-For", "192.0.2.1");
        (await client.SendAsync(forwarded)).StatusCode.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Dashboard_OfQuartz_IsNotThere()
    {
        await using var world = await CliWorld.CreateAsync();
        world.Environment["Engine__Kind"] = "quartz";
        using var client = await ClientOfAsync(world.StartWorker());

        (await client.GetAsync("/hangfire")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<HttpClient> ClientOfAsync(DarkroomProcess worker)
    {
        await worker.UntilPrintedAsync("tells how it is");
        var address = worker.Error.Split("Listening on ")[1].Split(';')[0];
        return new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(30) };
    }
}
