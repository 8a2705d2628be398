using System.Globalization;
using Darkroom.Simulator;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Faults;

/// <summary>The fault suite shortens the lease so that a run is short; this is with the times that everybody has.</summary>
public sealed class TakeoverTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Workers_OneKilledAndOneFrozen_AreTakenOverWithinAMinuteAtDefaultSettings()
    {
        // However late one of the workers comes: the first ones' calls are still there.
        var time = new HeldTime();
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Latency = TimeSpan.FromSeconds(3), LatencyJitter = 0, LatencyTail = 0, TimeProvider = time });
        world.Environment["Worker__MaxInFlight"] = "4";
        var (killed, frozen) = (world.StartWorker(), world.StartWorker());
        var batch = await world.SubmitAsync(60);
        await world.UntilInFlightAsync(8);
        world.StartWorker();

        var takeovers = new TakeoverWatch(world.Database);
        var struck = await takeovers.NowAsync();
        await killed.KillAsync();
        await frozen.SignalAsync("STOP");
        time.LetGo();
        await takeovers.BeginAsync(killed.Id, struck);
        await takeovers.BeginAsync(frozen.Id, struck);

        var longest = await takeovers.LongestAsync();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Taken over after {longest.TotalSeconds:0.0} s at default settings."));
        longest.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        await frozen.SignalAsync("CONT");
        (await world.RunAsync("watch", batch)).ShouldExit(0);
        (await world.CountAsync("select count(*) from attempt where state = 'unknown'")).ShouldBeGreaterThan(0);
        // Awake again, it changes nothing of what was taken from it: what it was at stays booked as unconfirmed, and every billed call is in the ledger.
        (await world.CountAsync("select count(*) from item where state = 'succeeded'")).ShouldBe(60);
        ((long)world.Simulator.Account.Summary.Billed).ShouldBeInRange(60, await world.CountAsync("select count(*) from ledger"));
    }
}
