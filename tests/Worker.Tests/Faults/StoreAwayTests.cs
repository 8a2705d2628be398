using Darkroom.Simulator;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Faults;

/// <summary>A folder that goes away and comes back, as network file systems and remounts do: nothing that was paid for is bought again.</summary>
public sealed class StoreAwayTests
{
    private const int Items = 4;

    [Fact]
    public async Task Worker_FolderIsAwayForSeconds_HoldsNothing()
    {
        await using var world = await CreateAsync(patience: "00:01:00");
        var images = world.Environment["Storage__Path"]!;
        world.StartWorker();
        var batch = (await world.RunAsync("submit", "away.jsonl", "--json")).ShouldExit(0).Json["batch"]!.GetValue<string>();
        await world.UntilInFlightAsync(2);
        Directory.Move(images, images + "-away");
        await Task.Delay(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        Directory.Exists(images).ShouldBeFalse();
        Directory.Move(images + "-away", images);

        (await world.RunAsync("watch", batch)).ShouldExit(0);

        (await world.CountAsync("select count(*) from item where state = 'succeeded'")).ShouldBe(Items);
        world.Simulator.Account.Summary.Billed.ShouldBe(Items);
        (await world.RunAsync("doctor", "--outputs", batch)).ShouldExit(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Worker_FolderStaysAway_KeepsWhatWasPaidForAndTakesItWhenResumed(bool killed)
    {
        await using var world = await CreateAsync(patience: "00:00:01", imagesEach: 2);
        var images = world.Environment["Storage__Path"]!;
        var worker = world.StartWorker();
        var batch = (await world.RunAsync("submit", "away.jsonl", "--json")).ShouldExit(0).Json["batch"]!.GetValue<string>();
        await world.UntilInFlightAsync(2);
        Directory.Move(images, images + "-away");
        await Poll.UntilAsync(
            async () => await world.CountAsync("select count(*) from batch where state = 'halted' and reason = 'store'") == 1
                && await world.CountAsync("select count(*) from item where lease_token is not null") == 0,
            "the halt");

        var held = await world.CountAsync("select count(*) from item where state = 'held' and jsonb_array_length(error -> 'details' -> 'kept') = 2");
        held.ShouldBeGreaterThan(0);
        (await world.CountAsync("select count(*) from item where state = 'held'")).ShouldBe(held);
        var billed = world.Simulator.Account.Summary.Billed;
        (await world.RunAsync("results", batch)).Out.ShouldContain(Path.Combine(world.Folder.Home, "kept"));
        if (killed) await worker.KillAsync();

        Directory.Move(images + "-away", images);
        // A live worker may have taken them by now.
        if (killed) (await world.RunAsync("doctor")).Out.ShouldContain($"{2 * held} images of {held} calls");
        if (killed) world.StartWorker();
        (await world.RunAsync("resume", batch)).ShouldExit(0);
        (await world.RunAsync("watch", batch)).ShouldExit(0);

        (await world.CountAsync("select count(*) from item where state = 'succeeded'")).ShouldBe(Items);
        (await world.CountAsync("select count(*) from attempt where state = 'adopted'")).ShouldBe(held);
        (await world.CountAsync("select count(*) from output")).ShouldBe(2 * Items);
        (await world.CountAsync("select count(*) from ledger")).ShouldBe(Items);
        world.Simulator.Account.Summary.Billed.ShouldBe(Items);
        billed.ShouldBeLessThanOrEqualTo(Items);
        (await world.RunAsync("doctor", "--outputs", batch)).ShouldExit(0);
        Directory.GetDirectories(Path.Combine(world.Folder.Home, "kept"), $"{batch}-*").ShouldBeEmpty();
    }

    private static async Task<CliWorld> CreateAsync(string patience, int imagesEach = 1)
    {
        var world = await CliWorld.CreateAsync(new SimulatorOptions { Latency = TimeSpan.FromSeconds(2), LatencyJitter = 0, LatencyTail = 0 });
        world.Environment["Storage__Path"] = Path.Combine(world.Folder.Path, "images");
        world.Environment["Storage__Patience"] = patience;
        world.Environment["Worker__MaxInFlight"] = "2";
        world.Folder.Write("away.jsonl", string.Concat(Enumerable.Range(1, Items).Select(
            number => $$$"""{"id":"item-{{{number}}}","image":"https://shop.example/catalogue/mug.png","prompt":"Paint {{{number}}}.","options":{"size":"1024x1024","quality":"low","n":{{{imagesEach}}}}}""" + "\n")));
        return world;
    }
}
