using Darkroom.Simulator;
using Darkroom.Simulator.Faults;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Cli;

/// <summary>What was paid for before, through the whole program.</summary>
public sealed class ReuseTests
{
    [Fact]
    public async Task Run_DuplicateRows_ArePaidOnceUnlessForced()
    {
        await using var world = await CliWorld.CreateAsync();
        var manifest = world.Folder.Write("twice.jsonl", string.Join('\n', Enumerable.Range(1, 4).Select(number => CliWorld.Row($"item-{number}", number < 4 ? "Same" : "Other"))));

        var merged = await RunAsync(world, manifest);
        (merged["succeeded"]!.GetValue<int>(), merged["reused"]!.GetValue<int>(), world.Simulator.Account.Summary.Billed).ShouldBe((2, 2, 2));

        var forced = await RunAsync(world, manifest, "--force");
        (forced["succeeded"]!.GetValue<int>(), forced["reused"]!.GetValue<int>(), world.Simulator.Account.Summary.Billed).ShouldBe((4, 0, 6));
    }

    [Fact]
    public async Task Run_Reuse_PaysOnlyForWhatIsNew()
    {
        await using var world = await CliWorld.CreateAsync();
        await RunAsync(world, world.WriteManifest(3));
        world.Simulator.Account.Summary.Billed.ShouldBe(3);

        var again = await RunAsync(world, world.WriteManifest(4), "--reuse");

        (again["succeeded"]!.GetValue<int>(), again["reused"]!.GetValue<int>(), world.Simulator.Account.Summary.Billed).ShouldBe((1, 3, 4));
        (await RunAsync(world, world.WriteManifest(4, "Put it on black"), "--reuse"))["succeeded"]!.GetValue<int>().ShouldBe(4);
    }

    [Fact]
    public async Task Run_ReusedItem_NamesItsSourceAndItsImagesAndCostsNothing()
    {
        await using var world = await CliWorld.CreateAsync();
        var first = (await world.RunAsync("run", world.WriteManifest(1), "--json")).ShouldExit(0).Json["batch"]!.GetValue<string>();
        var second = (await world.RunAsync("run", world.WriteManifest(1), "--reuse", "--json")).ShouldExit(0).Json;

        second["cost_usd"]!.GetValue<string>().ShouldBe("0");
        var line = (await world.RunAsync("results", second["batch"]!.GetValue<string>())).ShouldExit(0).Json;
        (line["state"]!.GetValue<string>(), line["reused_from"]!.GetValue<string>(), line["attempts"]!.GetValue<int>(), line["cost_usd"]!.GetValue<string>())
            .ShouldBe(("reused", $"{first}/item-1", 0, "0"));
        File.Exists(Path.Combine(world.Folder.Home, "images", line["outputs"]![0]!["path"]!.GetValue<string>())).ShouldBeTrue();
    }

    [Fact]
    public async Task Run_ReuseAndForce_IsRefused()
    {
        await using var world = await CliWorld.CreateAsync();
        (await world.RunAsync("run", world.WriteManifest(1), "--reuse", "--force")).ShouldExit(2).Error.ShouldContain("--reuse and --force");
    }

    [Fact]
    public async Task Worker_Probe_GoesOnByItselfWhenTheQuotaIsBack()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Faults = SimulatorFaults.Parse("quota-after=2") });
        world.Environment["Worker__MaxInFlight"] = "1";
        var batch = await world.SubmitAsync(5, "--probe", "1s");
        world.StartWorker();
        await Poll.UntilAsync(async () => await world.CountAsync("select count(*) from attempt where state = 'halted'") >= 2, "a probe that was refused");

        world.Simulator.SetFaults(new SimulatorFaults());

        await Poll.UntilAsync(async () => (await world.StatusAsync(batch))["state"]!.GetValue<string>() == "completed", "the batch to end");
        world.Simulator.Account.Summary.Billed.ShouldBe(5);
    }

    private static async Task<System.Text.Json.Nodes.JsonNode> RunAsync(CliWorld world, string manifest, params string[] flags) =>
        (await world.RunAsync(["run", manifest, "--size", "1024x1024", "--quality", "low", "--json", .. flags])).ShouldExit(0).Json["items"]!;
}
