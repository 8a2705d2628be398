using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Hosting;

public sealed class HousekeepingTests
{
    [Fact]
    public async Task Worker_Starts_RemovesWhatNobodyNeedsAndNothingElse()
    {
        await using var world = await CliWorld.CreateAsync();
        (await world.RunAsync("run", world.WriteManifest(2), "--size", "1024x1024", "--quality", "low", "--json")).ShouldExit(0);
        (await world.CountAsync("with old as (update process set lease_until = now() - interval '2 days', started_at = now() - interval '3 days' returning 1) select count(*) from old")).ShouldBe(1, "that of the run");
        var kept = await world.CountAsync("select (select count(*) from item) + (select count(*) from attempt) + (select count(*) from output) + (select count(*) from ledger)");
        kept.ShouldBe(8);

        var worker = world.StartWorker();

        await Poll.UntilAsync(async () => await world.CountAsync("select count(*) from process where lease_until < now() - interval '1 day'") == 0, "the dead process to go");
        (await world.CountAsync("select (select count(*) from item) + (select count(*) from attempt) + (select count(*) from output) + (select count(*) from ledger)")).ShouldBe(kept);
        worker.HasExited.ShouldBeFalse();
    }
}
