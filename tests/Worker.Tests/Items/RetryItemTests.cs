using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Darkroom.Worker.Tests.Api;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Items;

/// <summary>One item is tried, or made, again: by the command line on both sides of the API, with real calls.</summary>
public sealed class RetryItemTests
{
    [Fact]
    public async Task Retry_SucceededItemAgainWithANote_IsPaidAgainAndKeepsTheFormerImage()
    {
        await using var world = await CliWorld.CreateAsync();
        var run = await world.RunAsync("run", world.WriteManifest(2), "--size", "1024x1024", "--quality", "low", "--json");
        var batch = run.ShouldExit(0).Json["batch"]!.GetValue<string>();
        var former = Output(await ResultAsync(world, batch, "item-1"));

        (await world.RunAsync("retry", batch, "--item", "item-1")).ShouldExit(2).Error.ShouldContain("Only items that failed, were rejected or are held can be retried.");
        (await world.RunAsync("retry", batch, "--item", "item-9", "--again")).ShouldExit(2).Error.ShouldContain($"There is no item item-9 in a batch {batch}.");
        (await world.RunAsync("retry", batch, "--again")).ShouldExit(2).Error.ShouldContain("name it with --item");
        (await world.RunAsync("retry", batch, "--item", "item-1", "--again", "--note", " ")).ShouldExit(2).Error.ShouldContain("--note must be a text that isn't empty.");
        (await world.RunAsync("retry", batch, "--item", "item-1", "--again", "--note", "No shadow")).ShouldExit(0).Out.ShouldBe($"Batch {batch} is queued; 1 items put back.\n");
        var worker = world.StartWorker();
        (await world.RunAsync("watch", batch)).ShouldExit(0);

        world.Simulator.Account.Billed.Count.ShouldBe(3);
        (await world.CountAsync("select count(*) from item where key = 'item-1' and prompt = E'Put it on white\\nNo shadow' and state = 'succeeded'")).ShouldBe(1);
        var now = Output(await ResultAsync(world, batch, "item-1"));
        now.ShouldNotBe(former);
        foreach (var path in (string[])[former, now]) File.Exists(Path.Combine(world.Folder.Home, "images", path)).ShouldBeTrue(path);
        (await world.CountAsync($"select count(*) from former_output where path = '{former}'")).ShouldBe(1);
        (await world.CountAsync("select count(*) from ledger where kind = 'reported'")).ShouldBe(3);

        // Through the API, as it was: paid for again although it could be reused.
        await worker.UntilPrintedAsync("Listening on ");
        var server = worker.Error.Split("Listening on ")[1].Split(';')[0];
        (await world.RunAsync("retry", batch, "--item", "item-2", "--again", "--server", server, "--json")).ShouldExit(0).Json["items"]!.GetValue<int>().ShouldBe(1);
        (await world.RunAsync("retry", batch, "--item", "item-9", "--again", "--server", server)).ShouldExit(2).Error.ShouldContain("There is no item item-9");
        (await world.RunAsync("watch", batch)).ShouldExit(0);
        world.Simulator.Account.Billed.Count.ShouldBe(4);
        (await world.RunAsync("purge", batch, "--yes")).ShouldExit(0);
        Directory.Exists(Path.Combine(world.Folder.Home, "images", batch)).ShouldBeFalse("the former images are gone, too");
    }

    [Fact]
    public async Task Retry_ImagesThatOthersShare_AreLeftAlone()
    {
        await using var world = await CliWorld.CreateAsync();
        world.Folder.Write("equal.jsonl", CliWorld.Row("first", "On white") + "\n" + CliWorld.Row("second", "On white"));
        var batch = (await world.RunAsync("run", "equal.jsonl", "--size", "1024x1024", "--quality", "low", "--json")).ShouldExit(0).Json["batch"]!.GetValue<string>();

        (await world.RunAsync("retry", batch, "--item", "first", "--again")).ShouldExit(2).Error.ShouldContain($"Item second of batch {batch} shares its images");
        (await world.RunAsync("retry", batch, "--item", "second", "--again")).ShouldExit(0);
        world.StartWorker();
        (await world.RunAsync("watch", batch)).ShouldExit(0);

        world.Simulator.Account.Billed.Count.ShouldBe(2);
        (await world.CountAsync("select count(*) from item where state = 'succeeded'")).ShouldBe(2);
    }

    [Fact]
    public async Task Api_ItemOfAPurgingOrPurgedBatch_IsRefusedWithASentence()
    {
        await using var world = await ApiWorld.CreateAsync();
        var batch = await world.SubmitAsync(2);
        var item = await world.ScalarAsync<long>("select min(id) from item");
        await world.ExecuteAsync($$"""update item set state = 'failed', finished_at = now(), error = '{"class":"internal","code":"x","message":"m"}'""");
        await world.ExecuteAsync("update batch set state = 'completed_with_errors', finished_at = now(), purging_since = now()");

        foreach (var body in (object[])[new { }, new { again = true }, new { prompt = "Better" }])
        {
            using var refused = await world.Client.PostAsJsonAsync($"/v1/items/{item}/retry", body, ApiWorld.Cancel);
            (await ApiWorld.ShouldRefuseAsync(refused, HttpStatusCode.Conflict, "not-now"))["detail"]!.GetValue<string>().ShouldBe("A batch that is being purged can't be retried.");
        }

        await world.ExecuteAsync("delete from item");
        using var gone = await world.Client.PostAsJsonAsync($"/v1/items/{item}/retry", new { }, ApiWorld.Cancel);
        (await ApiWorld.ShouldRefuseAsync(gone, HttpStatusCode.NotFound, "not-found"))["detail"]!.GetValue<string>().ShouldBe($"There is no item {item}.");
        using var wrong = await world.Client.PostAsJsonAsync($"/v1/items/{item}/retry", new { again = "yes" }, ApiWorld.Cancel);
        (await ApiWorld.ShouldRefuseAsync(wrong, HttpStatusCode.BadRequest, "invalid-request"))["errors"]![0]!["field"]!.GetValue<string>().ShouldBe("again");
    }

    [Fact]
    public async Task Retry_ItemOfAPurgingBatch_SaysSoOnTheCommandLine()
    {
        await using var world = await CliWorld.CreateAsync();
        world.Folder.Write("bad.jsonl", CliWorld.Row("bad", "A forbidden-word"));
        var batch = (await world.RunAsync("run", "bad.jsonl", "--size", "1024x1024", "--quality", "low", "--json")).ShouldExit(1).Json["batch"]!.GetValue<string>();
        await world.CountAsync("with marked as (update batch set purging_since = now() returning 1) select count(*) from marked");

        (await world.RunAsync("retry", batch, "--item", "bad")).ShouldExit(2).Error.ShouldContain("A batch that is being purged can't be retried.");
        (await world.RunAsync("retry", batch, "--state", "rejected")).ShouldExit(2).Error.ShouldContain("A batch that is being purged can't be retried.");
    }

    private static async Task<JsonNode> ResultAsync(CliWorld world, string batch, string key) =>
        (await world.RunAsync("results", batch)).ShouldExit(0).Lines.Select(line => JsonNode.Parse(line)!).Single(line => line["id"]!.GetValue<string>() == key);

    private static string Output(JsonNode result) => result["outputs"]![0]!["path"]!.GetValue<string>();
}
