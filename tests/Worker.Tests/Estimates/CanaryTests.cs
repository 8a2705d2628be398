using System.Text.Json.Nodes;

namespace Darkroom.Worker.Tests.Estimates;

public sealed class CanaryTests
{
    private static readonly string[] Kinds = ["""{"quality":"low","size":"1024x1024"}""", """{"quality":"low","size":"1024x1024","n":2}"""];

    [Fact]
    public async Task Run_Canary_RunsASampleMeasuresAndWaitsUntilApproved()
    {
        await using var world = await EstimateWorld.CreateAsync();
        var manifest = world.Write("m.jsonl", Enumerable.Range(0, 12).Select(i => EstimateWorld.Row(i, Kinds[i % 2])));

        var (code, output, error) = await world.RunAsync("run", manifest, "--canary", "4", "--json");

        code.ShouldBe(3, error);
        var waiting = JsonNode.Parse(output)!;
        var batch = waiting["batch"]!.GetValue<string>();
        waiting["state"]!.GetValue<string>().ShouldBe("awaiting_approval");
        waiting["reason"]!.GetValue<string>().ShouldBe("canary");
        waiting["detail"]!.GetValue<string>().ShouldContain($"darkroom approve {batch}");
        waiting["items"]!["succeeded"]!.GetValue<int>().ShouldBe(4);
        waiting["items"]!["pending"]!.GetValue<int>().ShouldBe(8);
        waiting["estimate"]!["measured_items"]!.GetValue<int>().ShouldBe(4);
        world.Simulator.Account.Summary.Billed.ShouldBe(4);
        (await world.RunAsync("status", batch)).Out.ShouldContain("going by 4 measured items");

        (await world.RunAsync("approve", batch)).Out.ShouldBe($"Batch {batch} is queued.\n");
        await world.WorkAsync(batch);

        var done = await world.StatusAsync(batch);
        done["state"]!.GetValue<string>().ShouldBe("completed");
        done["items"]!["succeeded"]!.GetValue<int>().ShouldBe(12);
        world.Simulator.Account.Summary.Billed.ShouldBe(12);
        // Both kinds were in the sample, and the simulator bills a kind nearly alike: the projection came close to what it cost in the end.
        var projected = decimal.Parse(waiting["estimate"]!["measured_usd"]!.GetValue<string>());
        var cost = decimal.Parse(done["cost_usd"]!.GetValue<string>());
        projected.ShouldBeInRange(cost * 0.9m, cost * 1.1m);
    }

    [Fact]
    public async Task Run_CanaryOfAllItems_JustFinishes()
    {
        await using var world = await EstimateWorld.CreateAsync();
        var manifest = world.Write("m.jsonl", Enumerable.Range(0, 3).Select(i => EstimateWorld.Row(i, Kinds[0])));
        var (code, output, error) = await world.RunAsync("run", manifest, "--canary", "10", "--json");
        code.ShouldBe(0, error);
        JsonNode.Parse(output)!["state"]!.GetValue<string>().ShouldBe("completed");
        (await world.CountAsync("select count(*) from batch where canary")).ShouldBe(0);
    }

    [Fact]
    public async Task Cancel_WhileWaitingForApproval_CallsTheRestOff()
    {
        await using var world = await EstimateWorld.CreateAsync();
        var manifest = world.Write("m.jsonl", Enumerable.Range(0, 5).Select(i => EstimateWorld.Row(i, Kinds[0])));
        var batch = JsonNode.Parse((await world.RunAsync("run", manifest, "--canary", "2", "--json")).Out)!["batch"]!.GetValue<string>();
        (await world.RunAsync("cancel", batch)).Code.ShouldBe(0);
        var status = await world.StatusAsync(batch);
        status["state"]!.GetValue<string>().ShouldBe("canceled");
        status["items"]!["succeeded"]!.GetValue<int>().ShouldBe(2);
        status["items"]!["canceled"]!.GetValue<int>().ShouldBe(3);
    }
}
