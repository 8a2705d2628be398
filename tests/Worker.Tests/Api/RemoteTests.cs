using System.Net.Http.Headers;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Api;

/// <summary>The program against workers in other processes: keys, <c>--server</c>, and one submission through two of them.</summary>
public sealed class RemoteTests
{
    private static CancellationToken Cancel => ApiWorld.Cancel;

    [Fact]
    public async Task Server_SubmitWatchResultsReport_WorkFromElsewhereAsTheyDoHere()
    {
        await using var world = await CliWorld.CreateAsync();
        var key = (await world.RunAsync("key", "add", "ci", "--role", "operator")).ShouldExit(0).Out.Trim();
        (await world.RunAsync("key", "add", "ci")).ShouldExit(2).Error.ShouldContain("There is a key ci already");
        (await world.RunAsync("key", "list", "--json")).ShouldExit(0).Out.ShouldNotContain(key);
        var address = await AddressAsync(world.StartWorker());
        world.WriteManifest(3);
        world.Folder.Write("ci.key", key + "\n");

        // Elsewhere: no database, no key of the service.
        var here = world.Environment["ConnectionStrings__Postgres"];
        world.Environment["ConnectionStrings__Postgres"] = "Host=127.0.0.1;Port=9;Timeout=1";
        string[] there = ["--server", address, "--key-file", "ci.key"];
        (await world.RunAsync("list", "--server", address)).ShouldExit(2).Error.ShouldContain("Send a key");
        var submitted = (await world.RunAsync(["submit", "catalogue.jsonl", "--size", "1024x1024", "--quality", "low", "--json", .. there])).ShouldExit(0).Json;
        var batch = submitted["batch"]!.GetValue<string>();
        submitted["items"]!.GetValue<int>().ShouldBe(3);
        var watched = (await world.RunAsync(["watch", batch, "--json", .. there])).ShouldExit(0).Json;
        watched["items"]!["succeeded"]!.GetValue<int>().ShouldBe(3);
        var status = (await world.RunAsync(["status", batch, "--json", .. there])).ShouldExit(0).Out;
        var results = (await world.RunAsync(["results", batch, .. there])).ShouldExit(0).Out;
        var csv = (await world.RunAsync(["results", batch, "--format", "csv", .. there])).ShouldExit(0).Out;
        var report = (await world.RunAsync(["report", "--by", "model,tag:brand", "--format", "json", .. there])).ShouldExit(0).Out;
        (await world.RunAsync(["cancel", batch, .. there])).ShouldExit(2).Error.ShouldContain("A batch that is completed can't be canceled.");
        (await world.RunAsync(["status", "no-such", .. there])).ShouldExit(2).Error.ShouldContain("There is no batch no-such.");
        world.Folder.Write("bad.jsonl", """{"id":"a","image":"ftp://x","prompt":"p"}""");
        (await world.RunAsync(["submit", "bad.jsonl", .. there])).ShouldExit(2).Error.ShouldContain("bad.jsonl:1: image");

        world.Environment["ConnectionStrings__Postgres"] = here;
        (await world.RunAsync("status", batch, "--json")).ShouldExit(0).Out.ShouldBe(status);
        (await world.RunAsync("results", batch)).ShouldExit(0).Out.ShouldBe(results);
        (await world.RunAsync("results", batch, "--format", "csv")).ShouldExit(0).Out.ShouldBe(csv);
        (await world.RunAsync("report", "--by", "model,tag:brand", "--format", "json")).ShouldExit(0).Out.ShouldBe(report);
        (await world.RunAsync("key", "remove", "ci")).ShouldExit(0);
        (await world.RunAsync("key", "remove", "ci")).ShouldExit(2);
        (await world.CountAsync("select count(*) from audit where actor = 'ci' and action = 'batch.submit'")).ShouldBe(1);
        (await world.CountAsync("select count(*) from audit where via = 'cli' and action like 'key.%' and actor like '%@%'")).ShouldBe(2);
    }

    [Fact]
    public async Task Submit_SameKeyThroughTwoWorkersAtOnce_MakesOneBatch()
    {
        await using var world = await CliWorld.CreateAsync();
        var workers = new[] { world.StartWorker(), world.StartWorker() };
        var addresses = await Task.WhenAll(workers.Select(AddressAsync));
        using var client = world.LocalClient(new Uri(addresses[0]));

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(async at =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{addresses[at % 2]}/v1/batches") { Content = ApiWorld.Manifest(ApiWorld.Rows(30)) };
            request.Headers.Add("Idempotency-Key", "night-1");
            using var answer = await client.SendAsync(request, Cancel);
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        }));

        answers.Count(answer => answer.Item1 == 201).ShouldBe(1);
        answers.Count(answer => answer.Item1 == 200).ShouldBe(5);
        answers.Select(answer => answer.Item2).Distinct(StringComparer.Ordinal).Count().ShouldBe(1);
        (await world.CountAsync("select count(*) from item")).ShouldBe(30);
    }

    [Fact]
    public async Task Worker_AddressOfOthersWithAKey_ServesThoseWhoHaveIt()
    {
        await using var world = await CliWorld.CreateAsync();
        var key = (await world.RunAsync("key", "add", "anna", "--role", "admin", "--json")).ShouldExit(0).Json["key"]!.GetValue<string>();
        var worker = world.Start("worker", "--urls", "http://0.0.0.0:0");
        var port = new Uri(await AddressAsync(worker)).Port;
        using var client = new HttpClient();

        (await client.GetAsync($"http://127.0.0.1:{port}/v1/batches", Cancel)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        (await client.GetAsync($"http://127.0.0.1:{port}/v1/batches", Cancel)).StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        worker.Error.ShouldNotContain(key);
    }

    private static async Task<string> AddressAsync(DarkroomProcess worker)
    {
        await worker.UntilPrintedAsync("tells how it is");
        return worker.Error.Split("Listening on ")[1].Split(';')[0];
    }
}
