using Darkroom.Simulator;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Faults;

public sealed class StoreRefusalTests
{
    private const int Items = 12;
    private const int InFlight = 2;

    [Fact]
    public async Task Worker_StoreRefusesWrites_HaltsAndHoldsAndGoesOnWhenMended()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Latency = TimeSpan.FromSeconds(2), LatencyJitter = 0, LatencyTail = 0 });
        var images = Path.Combine(world.Folder.Path, "images");
        world.Environment["Storage__Path"] = images;
        world.Environment["Worker__MaxInFlight"] = $"{InFlight}";
        world.StartWorker();
        var batch = await world.SubmitAsync(Items);
        await world.UntilInFlightAsync(InFlight);

        // Rights don't stop root, and no disk can be filled here: a file in the folder's place refuses as a full disk does.
        var aside = images + "-aside";
        if (Directory.Exists(images)) Directory.Move(images, aside);
        await File.WriteAllTextAsync(images, "", TestContext.Current.CancellationToken);
        await Poll.UntilAsync(async () => await CountAsync("batch where state = 'halted' and reason = 'store'") == 1 && await CountAsync("item where lease_token is not null") == 0, "the halt");

        var held = await CountAsync("item where state = 'held' and error ->> 'class' = 'store'");
        held.ShouldBeInRange(1, InFlight, "no call began after the first refusal");
        var succeeded = await CountAsync("item where state = 'succeeded'");
        (await CountAsync("item where state = 'pending'")).ShouldBe(Items - held - succeeded, "nothing is counted as failed");
        world.Simulator.Account.Summary.Billed.ShouldBe(held + succeeded);
        // The refusal came in the midst of the answer, before its usage; the rest was read all the same, and so the price is known.
        (await CountAsync("ledger where kind = 'reported'")).ShouldBe(succeeded + held);
        (await CountAsync("ledger where kind = 'unconfirmed'")).ShouldBe(0);

        File.Delete(images);
        if (Directory.Exists(aside)) Directory.Move(aside, images);
        (await world.StatusAsync(batch))["reason"]!.GetValue<string>().ShouldBe("store");
        (await world.RunAsync("resume", batch)).ShouldExit(0);
        (await world.RunAsync("retry", batch, "--state", "held")).ShouldExit(0).Out.ShouldContain($"{held} items put back");
        (await world.RunAsync("watch", batch)).ShouldExit(0);

        (await world.RunAsync("doctor", "--outputs", batch)).ShouldExit(0);
        (await CountAsync("output")).ShouldBe(Items);
        world.Simulator.Account.Summary.Billed.ShouldBe(Items + held);
        (await CountAsync("ledger")).ShouldBe(Items + held);

        Task<long> CountAsync(string rows) => world.CountAsync($"select count(*) from {rows}");
    }
}
