using System.Globalization;
using Darkroom.Jobs.Schedules;
using Darkroom.Worker.Hangfire;
using Hangfire;
using Hangfire.Common;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;

namespace Darkroom.Worker.Tests.Schedules;

/// <summary>A night has one batch: with a clock that the test holds, and the services of two processes on one database.</summary>
public sealed class NightTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fire_FromTwoProcessesNightForNight_MakesOneBatchANight()
    {
        await using var world = await NightWorld.CreateAsync("2026-10-23T12:00Z");
        var handlers = new[] { world.Process(), world.Process() }.Select(process => process.GetRequiredService<ScheduleHandler>()).ToArray();
        await world.AddAsync(world.WriteManifest(), deadline: "06:00");

        // The clocks are set back in the night of the 25th: 02:30 is shown at 00:30 and again at 01:30 UTC. Hangfire may fire at both.
        string[] fired = ["2026-10-24T00:30:01Z", "2026-10-25T00:30:01Z", "2026-10-25T01:30:01Z", "2026-10-26T01:30:01Z"];
        foreach (var at in fired)
        {
            world.At(at);
            await Task.WhenAll(handlers.SelectMany(handler => Enumerable.Range(0, 3).Select(_ => Task.Run(() => handler.FireAsync("nightly", Cancel)))));
            await world.EndBatchesAsync();
        }

        var runs = await world.RunsAsync();
        runs.Select(run => Text(run.ScheduledAt)).ShouldBe(["10-26 01:30", "10-25 00:30", "10-24 00:30"]);
        runs.ShouldAllBe(run => run.State == ScheduleRunState.Started);
        (await world.CountBatchesAsync()).ShouldBe(3);
        runs.Select(run => run.IsUnchanged).ShouldBe([true, true, false]);
        (await world.Batches.GetAsync(runs[0].BatchId, Cancel))!.Name.ShouldBe("nightly 2026-10-26");
        await using var deadlines = world.Database.DataSource.CreateCommand("select array_agg(to_char(deadline at time zone 'UTC', 'MM-DD HH24:MI') order by created_at, deadline) from batch");
        ((string[])(await deadlines.ExecuteScalarAsync(Cancel))!).ShouldBe(["10-24 04:00", "10-25 05:00", "10-26 05:00"]);
    }

    [Fact]
    public async Task Fire_NothingIsDue_DoesNothing()
    {
        await using var world = await NightWorld.CreateAsync("2026-11-22T12:00Z");
        var handler = world.Process().GetRequiredService<ScheduleHandler>();
        await world.AddAsync(world.WriteManifest());
        await handler.FireAsync("nightly", Cancel);
        world.At("2026-11-23T01:29:59Z");
        await handler.FireAsync("nightly", Cancel);
        (await world.RunsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Fire_UnknownSchedule_SaysSo()
    {
        await using var world = await NightWorld.CreateAsync("2026-11-22T12:00Z");
        (await world.Process().GetRequiredService<ScheduleHandler>().FireAsync("gone", Cancel)).ShouldBeFalse();
    }

    [Fact]
    public async Task Sweep_WorkersWereDownForNights_CatchesUpOnce()
    {
        await using var world = await NightWorld.CreateAsync("2026-11-22T12:00Z");
        await world.AddAsync(world.WriteManifest());
        var sweeps = new[] { world.Process(), world.Process() }.Select(process => process.GetRequiredService<ScheduleSweep>()).ToArray();

        world.At("2026-11-26T09:00Z");
        await Task.WhenAll(sweeps.Select(sweep => Task.Run(() => sweep.SweepAsync(Cancel))));
        await Task.WhenAll(sweeps.Select(sweep => Task.Run(() => sweep.SweepAsync(Cancel))));

        (await world.RunsAsync()).Select(run => Text(run.ScheduledAt)).ShouldBe(["11-26 01:30"]);
        (await world.CountBatchesAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Sweep_HangfireDidNotFire_WaitsAndThenFiresItself()
    {
        await using var world = await NightWorld.CreateAsync("2026-11-22T12:00Z");
        await world.AddAsync(world.WriteManifest());
        var sweep = world.Process().GetRequiredService<ScheduleSweep>();
        ScheduleSweep.Grace.ShouldBe(TimeSpan.FromSeconds(30));

        world.At("2026-11-23T01:30:29Z");
        await sweep.SweepAsync(Cancel);
        (await world.RunsAsync()).ShouldBeEmpty();
        world.At("2026-11-23T01:30:30Z");
        await sweep.SweepAsync(Cancel);
        (await world.RunsAsync()).ShouldHaveSingleItem().State.ShouldBe(ScheduleRunState.Started);
    }

    [Fact]
    public async Task Reconcile_SchedulesChange_RecurringJobsFollow()
    {
        await using var world = await NightWorld.CreateAsync("2026-11-22T12:00Z");
        var recurring = world.Process().GetRequiredService<RecurringSchedules>();
        var schedule = await world.AddAsync(world.WriteManifest());
        await ReconcileAsync();
        await ReconcileAsync();
        Put("30 2 * * *").ShouldBe(1);

        await world.Store.AddAsync(schedule with { Cron = "30 3 * * *" }, replace: true, NightWorld.Tester, Cancel);
        await ReconcileAsync();
        Put("30 3 * * *").ShouldBe(1);
        await world.Store.SetPausedAsync("nightly", true, world.Time.GetUtcNow(), NightWorld.Tester, Cancel);
        await ReconcileAsync();
        world.Recurring.Received(1).RemoveIfExists("nightly");
        await world.Store.SetPausedAsync("nightly", false, world.Time.GetUtcNow(), NightWorld.Tester, Cancel);
        await ReconcileAsync();
        Put("30 3 * * *").ShouldBe(2);
        await world.Store.RemoveAsync("nightly", NightWorld.Tester, Cancel);
        await ReconcileAsync();
        world.Recurring.Received(2).RemoveIfExists("nightly");

        async Task ReconcileAsync() => await recurring.ReconcileAsync(await world.Store.ListAsync(Cancel), Cancel);

        int Put(string cron) => world.Recurring.ReceivedCalls().Count(call => call.GetMethodInfo().Name == nameof(IRecurringJobManagerV2.AddOrUpdate)
            && call.GetArguments() is ["nightly", Job, string put, RecurringJobOptions { TimeZone.Id: "Europe/Berlin", MisfireHandling: MisfireHandlingMode.Relaxed }] && put == cron);
    }

    [Fact]
    public async Task Fire_EarlierBatchIsOpen_QueuesAndStartsOnceItHasEnded()
    {
        await using var world = await NightWorld.CreateAsync("2026-11-22T12:00Z");
        var process = world.Process();
        await world.AddAsync(world.WriteManifest(), ScheduleOverlap.Queue);
        world.At("2026-11-23T01:30:01Z");
        await process.GetRequiredService<ScheduleHandler>().FireAsync("nightly", Cancel);
        world.At("2026-11-24T01:30:01Z");
        await process.GetRequiredService<ScheduleHandler>().FireAsync("nightly", Cancel);
        (await world.RunsAsync())[0].State.ShouldBe(ScheduleRunState.Queued);

        await world.EndBatchesAsync();
        await process.GetRequiredService<ScheduleSweep>().SweepAsync(Cancel);

        (await world.RunsAsync())[0].State.ShouldBe(ScheduleRunState.Started);
        (await world.CountBatchesAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task Start_TwiceAtOnce_MakesOneBatch()
    {
        await using var world = await NightWorld.CreateAsync("2026-11-23T01:30:01Z");
        var schedule = await world.AddAsync(world.WriteManifest());
        var run = (await world.Store.TakeAsync(schedule, world.Time.GetUtcNow().AddSeconds(1), "20261123-run001", Cancel)).ShouldNotBeNull();
        var starters = Enumerable.Range(0, 3).Select(_ => world.Process().GetRequiredService<ScheduledBatches>()).ToArray();

        var ended = await Task.WhenAll(starters.Select(starter => Task.Run(() => starter.StartAsync(schedule, run, Cancel))));

        ended.ShouldAllBe(one => one.State == ScheduleRunState.Started);
        (await world.CountBatchesAsync()).ShouldBe(1);
        (await world.RunsAsync()).ShouldHaveSingleItem().State.ShouldBe(ScheduleRunState.Started);
    }

    [Fact]
    public async Task Start_ImportedByOneThatDied_IsStartedWithoutAnother()
    {
        await using var world = await NightWorld.CreateAsync("2026-11-23T01:30:01Z");
        var schedule = await world.AddAsync(world.WriteManifest());
        var run = (await world.Store.TakeAsync(schedule, world.Time.GetUtcNow().AddSeconds(1), "20261123-run001", Cancel)).ShouldNotBeNull();
        await world.Process().GetRequiredService<ScheduledBatches>().StartAsync(schedule with { Name = "nightly" }, run with { Id = -1 }, Cancel);
        (await world.RunsAsync())[0].State.ShouldBe(ScheduleRunState.Starting);
        await using (var command = world.Database.DataSource.CreateCommand("update schedule_run set taken_at = now() - interval '3 minutes'"))
            await command.ExecuteNonQueryAsync(Cancel);

        await world.Process().GetRequiredService<ScheduleSweep>().SweepAsync(Cancel);

        var started = (await world.RunsAsync()).ShouldHaveSingleItem();
        (started.State, started.Tries).ShouldBe((ScheduleRunState.Started, 2));
        (await world.CountBatchesAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Start_ManifestHasProblems_FailsWithAllOfThemAndImportsNothing()
    {
        await using var world = await NightWorld.CreateAsync("2026-11-22T12:00Z");
        await world.AddAsync(world.WriteManifest("""{"id":"a"}""", """{"id":"b","image":"https://shop.example/b.png","prompt":"p"}""", """{"id":"c","image":"https://shop.example/c.png"}"""));
        world.At("2026-11-23T01:30:01Z");

        await world.Process().GetRequiredService<ScheduleHandler>().FireAsync("nightly", Cancel);

        var run = (await world.RunsAsync()).ShouldHaveSingleItem();
        (run.State, run.Detail).ShouldBe((ScheduleRunState.Failed, "The manifest has 3 problems; nothing was imported."));
        run.Problems.Count.ShouldBe(3);
        run.Problems[0].ShouldContain("catalogue.jsonl:1");
        (await world.CountBatchesAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Start_ManifestIsGone_IsTriedAgainAndThenFails()
    {
        await using var world = await NightWorld.CreateAsync("2026-11-22T12:00Z");
        await world.AddAsync(Path.Combine(world.Folder.Path, "not-there.jsonl"));
        var process = world.Process();
        world.At("2026-11-23T01:30:01Z");
        await process.GetRequiredService<ScheduleHandler>().FireAsync("nightly", Cancel);
        (await world.RunsAsync())[0].State.ShouldBe(ScheduleRunState.Starting);

        for (var again = 2; again <= ScheduledBatches.MaxTries; again++)
        {
            await using (var command = world.Database.DataSource.CreateCommand("update schedule_run set taken_at = now() - interval '3 minutes'"))
                await command.ExecuteNonQueryAsync(Cancel);
            await process.GetRequiredService<ScheduleSweep>().SweepAsync(Cancel);
        }

        var run = (await world.RunsAsync()).ShouldHaveSingleItem();
        (run.State, run.Tries).ShouldBe((ScheduleRunState.Failed, ScheduledBatches.MaxTries));
        run.Detail.ShouldNotBeNull().ShouldContain("not-there.jsonl can't be read");
    }

    [Fact]
    public async Task Start_ManifestAtALoopbackAddress_IsRefusedByTheFetchersRules()
    {
        await using var world = await NightWorld.CreateAsync("2026-11-23T01:30:01Z");
        var schedule = await world.AddAsync("http://127.0.0.1:9/m.jsonl?sig=planted");

        var run = (await world.Process().GetRequiredService<ScheduledBatches>().RunNowAsync(schedule, NightWorld.Tester, Cancel)).ShouldNotBeNull();

        run.State.ShouldBe(ScheduleRunState.Failed);
        run.Detail.ShouldNotBeNull().ShouldContain("loopback address");
        run.Detail.ShouldNotContain("planted");
    }

    [Fact]
    public async Task Start_ModelWillBeShutDown_WarnsWithEveryRun()
    {
        await using var world = await NightWorld.CreateAsync("2026-01-23T01:30:01Z");
        var book = world.Process().GetRequiredService<Darkroom.Jobs.Models.ModelBook>();
        var model = book.Models.FirstOrDefault(model => model.Shutdown > DateOnly.FromDateTime(world.Time.GetUtcNow().UtcDateTime));
        Assert.SkipWhen(model is null, "The model book announces no shutdown.");
        var schedule = await world.AddAsync(world.WriteManifest($$$"""{"id":"a","image":"https://shop.example/a.png","prompt":"p","options":{"model":"{{{model.Name}}}"}}"""));

        var run = (await world.Process().GetRequiredService<ScheduledBatches>().RunNowAsync(schedule, NightWorld.Tester, Cancel)).ShouldNotBeNull();

        run.Warnings.ShouldHaveSingleItem().ShouldContain(model.Name);
        (await world.RunsAsync()).ShouldHaveSingleItem().Warnings.ShouldBe(run.Warnings);
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture);
}
