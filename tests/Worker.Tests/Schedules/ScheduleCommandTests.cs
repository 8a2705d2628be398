using Darkroom.Simulator;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Schedules;

/// <summary>Schedules by the real program.</summary>
public sealed class ScheduleCommandTests
{
    [Fact]
    public async Task AddListRunHistoryPauseRemove_OneAfterTheOther_DoWhatTheySay()
    {
        await using var world = await CliWorld.CreateAsync();
        var manifest = world.WriteManifest(2);

        var added = (await world.RunAsync(
            "schedule", "add", "nightly", "--cron", "0 2 * * *", "--time-zone", "Europe/Berlin", "--manifest", manifest, "--size", "1024x1024", "--quality", "low", "--max-cost", "5",
            "--deadline", "06:00")).ShouldExit(0);
        added.Lines.Length.ShouldBe(4);
        added.Out.ShouldContain("02:00:00 (");
        (await world.RunAsync("schedule", "add", "nightly", "--cron", "0 3 * * *", "--manifest", manifest, "--yes")).ShouldExit(2).Error.ShouldContain("--replace");

        var listed = (await world.RunAsync("schedule", "list", "--json")).ShouldExit(0).Json[0]!;
        (listed["schedule"]!.GetValue<string>(), listed["time_zone"]!.GetValue<string>(), listed["deadline"]!.GetValue<string>()).ShouldBe(("nightly", "Europe/Berlin", "06:00"));
        listed["manifest"]!.GetValue<string>().ShouldBe(Path.Combine(world.Folder.Path, manifest));
        listed["next"]!.AsArray().Count.ShouldBe(3);
        listed["next"]![0]!["local"]!.GetValue<string>().ShouldContain("T02:00:00+0");
        listed["last"].ShouldBeNull();

        var batch = (await world.RunAsync("schedule", "run", "nightly")).ShouldExit(0).Lines.ShouldHaveSingleItem();
        (await world.RunAsync("schedule", "run", "nightly")).ShouldExit(2).Error.ShouldContain($"batch {batch} is queued");
        (await world.CountAsync("select count(*) from batch where reuse = 'earlier' and max_cost_usd = 5 and deadline is not null")).ShouldBe(1);
        (await world.StatusAsync(batch))["deadline"].ShouldNotBeNull();
        (await world.RunAsync("cancel", batch)).ShouldExit(0);

        var history = (await world.RunAsync("schedule", "history", "nightly", "--json")).ShouldExit(0).Json.AsArray();
        history.Select(run => run!["state"]!.GetValue<string>()).ShouldBe(["skipped", "started"]);
        history[1]!["batch"]!.GetValue<string>().ShouldBe(batch);
        history[1]!["items"]!.GetValue<long>().ShouldBe(2);
        history[1]!["cost_usd"]!.GetValue<string>().ShouldBe("0");
        (await world.RunAsync("schedule", "history", "nightly")).ShouldExit(0).Out.ShouldContain("isn't done");

        (await world.RunAsync("schedule", "pause", "nightly")).ShouldExit(0);
        (await world.RunAsync("schedule", "list")).ShouldExit(0).Out.ShouldContain("paused");
        (await world.RunAsync("schedule", "resume", "nightly")).ShouldExit(0);
        (await world.RunAsync("schedule", "remove", "nightly")).ShouldExit(0);
        (await world.RunAsync("schedule", "remove", "nightly")).ShouldExit(2).Error.ShouldContain("There is no schedule nightly.");
    }

    [Fact]
    public async Task Add_BadInput_ExitsWithTwoAndSaysWhy()
    {
        await using var world = await CliWorld.CreateAsync();
        var manifest = world.WriteManifest(1);
        world.Folder.Write("broken.jsonl", "{\"id\":\"a\"}\n");

        (await AddAsync("61 2 * * *", manifest)).ShouldExit(2).Error.ShouldContain("Minutes: Value must be a number between 0 and 59");
        (await AddAsync("0 2 * * *", manifest, "--time-zone", "Europe/Atlantis")).ShouldExit(2).Error.ShouldContain("'Europe/Atlantis'");
        (await AddAsync("0 2 * * *", manifest, "--deadline", "2026-11-23T06:00Z")).ShouldExit(2).Error.ShouldContain("time of day");
        (await AddAsync("0 2 * * *", "broken.jsonl")).ShouldExit(2).Error.ShouldContain("broken.jsonl:1");
        (await AddAsync("0 2 * * *", manifest, "--webhook", "https://hook.example/planted")).ShouldExit(2).Error.ShouldContain("Webhooks__Secret");
        (await world.CountAsync("select count(*) from schedule")).ShouldBe(0);

        Task<CliResult> AddAsync(string cron, string from, params string[] more) => world.RunAsync(["schedule", "add", "bad", "--cron", cron, "--manifest", from, "--yes", .. more]);
    }

    [Fact]
    public async Task Worker_TwoOfThemAndAScheduleOfEverySecond_StartOneRunWhileItsBatchIsOpen()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Latency = TimeSpan.FromMinutes(5) });
        (await world.RunAsync("schedule", "add", "often", "--cron", "* * * * * *", "--time-zone", "UTC", "--manifest", world.WriteManifest(2), "--size", "1024x1024", "--quality", "low", "--yes")).ShouldExit(0);

        var (first, second) = (world.StartWorker(), world.StartWorker());

        // The sweep leaves Hangfire half a minute: what comes this often, Hangfire fired, which looks once a minute.
        // One may be left out while the first still reads its manifest.
        await Poll.UntilAsync(async () => await world.CountAsync("select count(*) from schedule_run where state = 'skipped'") >= 1
            && await world.CountAsync("select count(*) from schedule_run where state in ('starting', 'queued')") == 0, "another occurrence", TimeSpan.FromMinutes(5));
        (await world.CountAsync("select count(*) from schedule_run where state = 'started'")).ShouldBe(1);
        (await world.CountAsync("select count(*) from batch")).ShouldBe(1);
        (await world.CountAsync("select count(*) - count(distinct scheduled_at) from schedule_run")).ShouldBe(0);
        (first.HasExited, second.HasExited).ShouldBe((false, false));
    }

    [Fact]
    public async Task Worker_TwoOfThemAfterMissedNights_CatchUpOnceAndFinish()
    {
        await using var world = await CliWorld.CreateAsync();
        (await world.RunAsync("schedule", "add", "nightly", "--cron", "0 2 * * *", "--manifest", world.WriteManifest(2), "--size", "1024x1024", "--quality", "low", "--yes")).ShouldExit(0);
        (await world.CountAsync("update schedule set armed_at = now() - interval '3 days' returning 1")).ShouldBe(1);

        var (first, second) = (world.StartWorker(), world.StartWorker());
        await Task.WhenAll(first.UntilPrintedAsync("tells how it is"), second.UntilPrintedAsync("tells how it is"));
        await Poll.UntilAsync(async () => await world.CountAsync("select count(*) from batch where state = 'completed'") > 0, "the batch of the schedule", TimeSpan.FromSeconds(120));

        (await world.CountAsync("select count(*) from batch")).ShouldBe(1);
        (await world.CountAsync("select count(*) from schedule_run where state = 'started' and not is_manual")).ShouldBe(1);
        world.Simulator.Account.Billed.Count.ShouldBe(2);
    }
}
