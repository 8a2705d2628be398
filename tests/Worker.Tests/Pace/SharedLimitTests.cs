using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Pace;

public sealed class SharedLimitTests
{
    [Fact]
    public async Task Workers_FourOnOneDatabase_StayWithinTheLimitTogetherAndOneThatDiesTakesNoneOfIt()
    {
        // The account itself lets everything in: what holds the calls back are the workers alone. Five a second are 25 in five seconds, and were each worker to
        // have the limit for itself, it would be 100.
        await using var world = await PaceWorld.CreateAsync(TimeSpan.FromMilliseconds(200));
        world.Environment["Limits__Default__ImagesPerMinute"] = "300";
        var workers = await world.StartWorkersAsync(4);

        await world.SubmitRowsAsync("Shared", 1000);
        await Poll.UntilAsync(async () => await world.CountAsync("select count(distinct process_id) from attempt") == 4, "a call of each worker");
        await UntilBilledAsync(40);
        await workers[0].KillAsync();
        await UntilBilledAsync(40);

        // Half as much again for a machine that stalls for two seconds, and then sends what was due.
        world.MostAccepted(seconds: 5).ShouldBeLessThanOrEqualTo(38);

        Task UntilBilledAsync(int more)
        {
            var until = world.Simulator.Account.Summary.Billed + more;
            return Poll.UntilAsync(() => world.Simulator.Account.Summary.Billed >= until, $"{more} more calls");
        }
    }

    [Fact]
    public async Task Batch_WithCapsOfItsOwn_KeepsThemOverAllWorkers()
    {
        await using var world = await PaceWorld.CreateAsync(TimeSpan.FromMilliseconds(200));
        await world.StartWorkersAsync(2);
        // Hours that don't come: from six hours from now on, for an hour.
        var opens = DateTimeOffset.UtcNow.AddHours(6);
        var closed = await world.SubmitRowsAsync("Nightly", 5, "--window", FormattableString.Invariant($"{opens:HH:mm}-{opens.AddHours(1):HH:mm}"), "--window-zone", "UTC");

        var few = await world.SubmitRowsAsync("Few at once", 600, "--max-in-flight", "5");
        await Poll.UntilAsync(async () => await world.CountAsync($"select count(distinct process_id) from attempt where batch_id = '{few}'") == 2, "a call of each worker");
        var both = world.Billed("Few at once");
        await Poll.UntilAsync(() => world.Billed("Few at once") >= both + 20, "twenty more calls");
        (await world.RunAsync("cancel", few)).ShouldExit(0);
        await Poll.UntilAsync(() => world.Simulator.Account.Summary.InFlight == 0, "its last calls");
        world.Simulator.Account.Summary.MaxInFlight.ShouldBeInRange(2, 5);

        var slow = await world.SubmitRowsAsync("Slow", 5, "--max-rate", "30");
        (await world.RunAsync("watch", slow)).ShouldExit(0);
        // Five at thirty a minute are eight seconds from the first to the last; without the cap they would all come at once.
        var calls = world.Simulator.Account.Billed.Where(edit => edit.Prompt == "Slow").Select(edit => edit.At).ToList();
        (calls.Max() - calls.Min()).ShouldBeGreaterThan(TimeSpan.FromSeconds(4));

        world.Billed("Nightly").ShouldBe(0);
        (await world.StatusAsync(closed))["items"]!["pending"]!.GetValue<int>().ShouldBe(5);
        // Its hours are now: nobody has to do anything about it.
        await world.CountAsync($"with open as (update batch set window_from = '00:00', window_to = '23:59:59.999' where id = '{closed}' returning 1) select count(*) from open");
        await Poll.UntilAsync(() => world.Billed("Nightly") == 5, "the batch whose hours have come");
    }
}
