using Darkroom.Simulator;
using Darkroom.Simulator.Faults;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Faults;

/// <summary>A fault of the set-up isn't taken for a fault of each row: few calls are made, and once it is mended every row is edited.</summary>
public sealed class SetupFaultTests
{
    private const int Rows = 60;

    // Out at once until the first image, and answers alike until the breaker trips.
    private const int Few = 8;
    private const int First = 20;

    [Theory]
    [InlineData("refuse=route", "endpoint_wrong")]
    [InlineData("refuse=route-page", "endpoint_wrong")]
    [InlineData("refuse=method", "endpoint_wrong")]
    [InlineData("refuse=redirect", "endpoint_wrong")]
    [InlineData("refuse=form", "endpoint_wrong")]
    [InlineData("refuse=content-type", "endpoint_wrong")]
    [InlineData("refuse=value", "refused_alike")]
    [InlineData("refuse=page", "refused_alike")]
    [InlineData("not-image=1", "refused_alike")]
    public async Task Run_FaultOfTheSetUp_HaltsEarlyAndLosesNothing(string fault, string reason)
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Faults = SimulatorFaults.Parse(fault), OutputBytes = 4096 });
        var halted = (await world.RunAsync("run", world.WriteManifest(Rows), "--size", "1024x1024", "--quality", "low", "--json")).ShouldExit(3).Json;

        var batch = halted["batch"]!.GetValue<string>();
        (halted["state"]!.GetValue<string>(), halted["reason"]!.GetValue<string>()).ShouldBe(("halted", reason));
        var account = world.Simulator.Account.Summary;
        account.MaxInFlight.ShouldBeLessThanOrEqualTo(Few);
        account.Requests.ShouldBeInRange(1, reason == "endpoint_wrong" ? Few : First + Few);
        var refused = fault == "refuse=value" ? account.Requests : 0;
        halted["items"]!["rejected"]!.GetValue<long>().ShouldBe(refused, "what was refused shows as refused until the batch is resumed");
        halted["items"]!["pending"]!.GetValue<long>().ShouldBe(Rows - refused);
        if (reason == "endpoint_wrong") halted["detail"]!.GetValue<string>().ShouldStartWith($"POST {world.Simulator.BaseUrl}/images/edits answered ");
        else halted["detail"]!.GetValue<string>().ShouldContain("answered items all ended alike, and none succeeded: ");

        world.Simulator.SetFaults(SimulatorFaults.None);
        var resumed = (await world.RunAsync("resume", batch, "--json")).ShouldExit(0).Json;
        resumed["items"]!.GetValue<long>().ShouldBe(refused);
        if (refused > 0) resumed["note"]!.GetValue<string>().ShouldBe($"{refused} items refused by that halt go again.");
        world.StartWorker();
        (await world.RunAsync("watch", batch)).ShouldExit(0);
        (await world.StatusAsync(batch))["items"]!["succeeded"]!.GetValue<int>().ShouldBe(Rows);
        var inVain = fault == "not-image=1" ? account.Billed : 0;
        world.Simulator.Account.Billed.Count(edit => edit.Delivered).ShouldBe((int)(Rows + inVain), "each row was had once");
    }

    [Fact]
    public async Task Run_SeveralWorkersOnAnUnprovenEndpoint_HaveFewCallsOutTogetherUntilTheFirstImage()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Latency = TimeSpan.FromSeconds(3), LatencyJitter = 0, LatencyTail = 0, OutputBytes = 4096 });
        world.Environment["Breaker__Unproven"] = "3";
        world.StartWorker();
        world.StartWorker();
        var batches = new[] { await world.SubmitAsync(20), await world.SubmitAsync(20) };
        var most = 0;
        await Poll.UntilAsync(
            () =>
            {
                var account = world.Simulator.Account.Summary;
                // The first image opens it up, and that is quick.
                if (account.Billed > 0) return true;
                most = account.MaxInFlight;
                return false;
            },
            "the first image");
        most.ShouldBeInRange(1, 3);
        foreach (var batch in batches) (await world.RunAsync("watch", batch)).ShouldExit(0);
        world.Simulator.Account.Summary.MaxInFlight.ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task Run_SampleRefusedAlike_HaltsInsteadOfAskingForApproval()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Faults = SimulatorFaults.Parse("refuse=value"), OutputBytes = 4096 });
        var halted = (await world.RunAsync("run", world.WriteManifest(10), "--size", "1024x1024", "--quality", "low", "--canary", "3", "--json")).ShouldExit(3).Json;
        (halted["state"]!.GetValue<string>(), halted["reason"]!.GetValue<string>()).ShouldBe(("halted", "refused_alike"));
        halted["detail"]!.GetValue<string>().ShouldStartWith("All 3 answered items of the sample ended alike, and none succeeded: invalid_request/invalid_value (param size): ");
        world.Simulator.Account.Summary.Requests.ShouldBe(3);
        var batch = halted["batch"]!.GetValue<string>();
        (await world.RunAsync("resume", batch)).ShouldExit(0).Out.ShouldBe($"Batch {batch} is queued. 3 items refused by that halt go again.\n");
    }

    [Fact]
    public async Task Retry_NothingInTheStatesAskedFor_SaysWhichThereAre()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Faults = SimulatorFaults.Parse("refuse=value") });
        var batch = (await world.RunAsync("run", world.WriteManifest(3), "--size", "1024x1024", "--quality", "low", "--json")).ShouldExit(1).Json["batch"]!.GetValue<string>();
        (await world.RunAsync("retry", batch)).ShouldExit(0).Out.ShouldBe(
            $"Batch {batch} is completed_with_errors; 0 items put back. No item is failed. The batch has 3 rejected. 'darkroom retry {batch} --state rejected' puts those back.\n");
        var json = (await world.RunAsync("retry", batch, "--state", "held,failed", "--json")).ShouldExit(0).Json;
        json["items"]!.GetValue<int>().ShouldBe(0);
        json["looked_for"]!.ToJsonString().ShouldBe("""["held","failed"]""");
        (json["counts"]!["rejected"]!.GetValue<int>(), json["counts"]!["total"]!.GetValue<int>()).ShouldBe((3, 3));
    }
}
