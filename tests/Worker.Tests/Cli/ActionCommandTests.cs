using Darkroom.Simulator;
using Darkroom.Simulator.Faults;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Cli;

public sealed class ActionCommandTests
{
    [Fact]
    public async Task PauseResumeCancel_MoveTheBatchAndSayWhatTheyDid()
    {
        await using var world = await CliWorld.CreateAsync();
        var batch = await world.SubmitAsync(2);

        (await world.RunAsync("pause", batch)).ShouldExit(0).Out.ShouldBe($"Batch {batch} is paused.\n");
        // A paused batch has stopped: whoever watches it is told so.
        (await world.RunAsync("watch", batch)).ShouldExit(3).Out.ShouldContain($"Go on with it: darkroom resume {batch} && darkroom worker");
        (await world.RunAsync("resume", batch, "--json")).ShouldExit(0).Out.ShouldBe($$"""{"batch":"{{batch}}","state":"queued","items":0}""" + "\n");
        (await world.RunAsync("cancel", batch)).ShouldExit(0).Out.ShouldBe($"Batch {batch} is canceled; 2 items canceled.\n");
        (await world.RunAsync("watch", batch)).ShouldExit(3);

        (await world.RunAsync("pause", batch)).ShouldExit(2).Error.ShouldBe("A batch that is canceled can't be paused.\n");
        (await world.RunAsync("resume", batch)).ShouldExit(2).Error.ShouldBe("A batch that is canceled can't be resumed.\n");
        (await world.RunAsync("approve", batch)).ShouldExit(2).Error.ShouldBe("A batch that is canceled can't be approved.\n");
        (await world.RunAsync("retry", batch)).ShouldExit(2).Error.ShouldBe("A batch that is canceled has nothing to retry.\n");
    }

    [Fact]
    public async Task AnyCommand_UnknownBatch_ExitsWithTwo()
    {
        await using var world = await CliWorld.CreateAsync();

        foreach (var command in new[] { "status", "watch", "results", "pause", "retry" })
        {
            var refused = (await world.RunAsync(command, "20261122-nobody")).ShouldExit(2);
            refused.Error.ShouldBe("There is no batch 20261122-nobody. 'darkroom list' shows those that there are.\n");
        }
    }

    [Fact]
    public async Task Retry_RejectedItems_RunAgain()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Faults = SimulatorFaults.Parse("moderation=fussy") });
        world.WriteManifest(2, "Put the fussy one on white");
        var run = await world.RunAsync("run", "catalogue.jsonl", "--size", "1024x1024", "--quality", "low", "--json");
        var batch = run.ShouldExit(1).Json["batch"]!.GetValue<string>();
        world.Simulator.SetFaults(SimulatorFaults.None);

        (await world.RunAsync("retry", batch)).ShouldExit(0).Out.ShouldBe($"Batch {batch} is completed_with_errors; 0 items put back. No item is failed. The batch has 2 rejected. 'darkroom retry {batch} --state rejected' puts those back.\n");
        (await world.RunAsync("retry", batch, "--state", "rejected")).ShouldExit(0).Out.ShouldBe($"Batch {batch} is queued; 2 items put back.\n");
        world.StartWorker();

        (await world.RunAsync("watch", batch, "--json")).ShouldExit(0).Json["items"]!["succeeded"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public async Task Watch_BatchWithErrors_ExitsWithOne()
    {
        await using var world = await CliWorld.CreateAsync();
        world.WriteManifest(1, "A forbidden-word");
        var batch = (await world.RunAsync("run", "catalogue.jsonl", "--json")).ShouldExit(1).Json["batch"]!.GetValue<string>();

        (await world.RunAsync("watch", batch)).ShouldExit(1);
    }
}
