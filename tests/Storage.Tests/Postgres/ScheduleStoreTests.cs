using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Schedules;
using Darkroom.Storage.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>That a night has one run, whoever asks. In a database of its own: waiting runs are anybody's.</summary>
public sealed class ScheduleStoreTests : OwnDatabaseTest
{
    private static readonly DateTimeOffset Armed = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Night = new(2026, 11, 23, 1, 0, 0, TimeSpan.Zero);

    private PostgresScheduleStore Store => new(Source);

    [Fact]
    public async Task Add_Get_GivesBackAllOfIt()
    {
        var template = new BatchTemplate { Name = "n", Prompt = "p", Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["brand"] = "acme" }, MaxCostUsd = 12.5m, Canary = 3, WebhookUrl = "https://hook.example/x" };
        var schedule = new Schedule("nightly", "0 2 * * *", "Europe/Berlin", "/data/m.jsonl", template, Armed) { Overlap = ScheduleOverlap.Queue, Deadline = "06:00" };

        (await Store.AddAsync(schedule, replace: false, Cancel)).ShouldBeTrue();

        var stored = (await Store.GetAsync("nightly", Cancel)).ShouldNotBeNull();
        (stored with { Template = template }).ShouldBe(schedule);
        stored.Template.ToJson().ShouldBe(template.ToJson());
        (await Store.ListAsync(Cancel)).ShouldHaveSingleItem().Name.ShouldBe("nightly");
        (await Store.GetAsync("other", Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task Add_NameIsTaken_OnlyReplacesWhenTold()
    {
        var schedule = await AddAsync();
        (await Store.AddAsync(schedule with { Cron = "0 3 * * *" }, replace: false, Cancel)).ShouldBeFalse();
        (await Store.GetAsync("nightly", Cancel))!.Cron.ShouldBe("0 2 * * *");
        (await Store.AddAsync(schedule with { Cron = "0 3 * * *" }, replace: true, Cancel)).ShouldBeTrue();
        (await Store.GetAsync("nightly", Cancel))!.Cron.ShouldBe("0 3 * * *");
    }

    [Fact]
    public async Task Take_ManyAtOnce_OneTakesIt()
    {
        var schedule = await AddAsync();

        var taken = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => Store.TakeAsync(schedule, Night, NewId(), Cancel))));

        var run = taken.OfType<ScheduleRun>().ShouldHaveSingleItem();
        (run.State, run.ScheduledAt, run.IsManual, run.Tries).ShouldBe((ScheduleRunState.Starting, Night, false, 1));
        (await Store.ListRunsAsync("nightly", 10, Cancel)).ShouldHaveSingleItem().Id.ShouldBe(run.Id);
        (await Store.GetAsync("nightly", Cancel))!.ArmedAt.ShouldBe(Night);
    }

    [Fact]
    public async Task ListRuns_OfSeveralSchedules_GivesTheNewestOfEach()
    {
        var nightly = await AddAsync();
        var weekly = nightly with { Name = "weekly" };
        (await Store.AddAsync(weekly, replace: false, Cancel)).ShouldBeTrue();
        for (var night = 0; night < 3; night++) await Store.TakeAsync(nightly, Night.AddDays(night), NewId(), Cancel);
        await Store.TakeAsync(weekly, Night.AddDays(1), NewId(), Cancel);

        var runs = await Store.ListRunsAsync(["nightly", "weekly", "never"], 2, Cancel);

        runs.Keys.Order(StringComparer.Ordinal).ShouldBe(["nightly", "weekly"]);
        runs["nightly"].Select(run => run.ScheduledAt).ShouldBe([Night.AddDays(2), Night.AddDays(1)]);
        runs["weekly"].ShouldHaveSingleItem().ShouldBeEquivalentTo((await Store.ListRunsAsync("weekly", 2, Cancel)).Single());
        (await Store.ListRunsAsync(Array.Empty<string>(), 2, Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Take_ArmedAgainBySomebody_TheConstraintHoldsAllTheSame()
    {
        var schedule = await AddAsync();
        await Store.TakeAsync(schedule, Night, NewId(), Cancel);
        await ExecuteAsync("update schedule set armed_at = armed_at - interval '1 day'");
        (await Store.TakeAsync(schedule, Night, NewId(), Cancel)).ShouldBeNull();
        (await ScalarAsync<long>("select count(*) from schedule_run")).ShouldBe(1);
    }

    [Fact]
    public async Task Take_PausedChangedOrRemovedMeanwhile_TakesNothing()
    {
        var schedule = await AddAsync();
        await Store.SetPausedAsync("nightly", true, Armed, Cancel);
        (await Store.TakeAsync(schedule, Night, NewId(), Cancel)).ShouldBeNull();
        await Store.SetPausedAsync("nightly", false, Armed, Cancel);
        (await Store.TakeAsync(schedule with { Cron = "0 3 * * *" }, Night, NewId(), Cancel)).ShouldBeNull();
        (await Store.RemoveAsync("nightly", Cancel)).ShouldBeTrue();
        (await Store.RemoveAsync("nightly", Cancel)).ShouldBeFalse();
        (await Store.TakeAsync(schedule, Night, NewId(), Cancel)).ShouldBeNull();
        (await Store.TakeManualAsync(schedule, Night, NewId(), Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task SetPaused_Resumed_IsArmedFromThen()
    {
        await AddAsync();
        await Store.SetPausedAsync("nightly", true, Night.AddDays(1), Cancel);
        (await Store.GetAsync("nightly", Cancel))!.ArmedAt.ShouldBe(Armed);
        await Store.SetPausedAsync("nightly", false, Night.AddDays(5), Cancel);
        (await Store.GetAsync("nightly", Cancel))!.ArmedAt.ShouldBe(Night.AddDays(5));
        (await Store.SetPausedAsync("other", false, Night, Cancel)).ShouldBeFalse();
    }

    [Fact]
    public async Task Take_EarlierBatchIsOpen_IsSkippedWithTheReason()
    {
        var schedule = await AddAsync();
        var batch = await StartFirstAsync(schedule);

        var second = (await Store.TakeAsync(schedule, Night.AddDays(1), NewId(), Cancel)).ShouldNotBeNull();

        second.State.ShouldBe(ScheduleRunState.Skipped);
        second.Detail.ShouldBe($"The run of 2026-11-23 01:00:00 UTC isn't done: batch {batch} is running.");
        await Batches.ApplyAsync(batch, BatchAction.Cancel, Cancel);
        (await Store.TakeAsync(schedule, Night.AddDays(2), NewId(), Cancel))!.State.ShouldBe(ScheduleRunState.Starting);
    }

    [Fact]
    public async Task Take_OverlapQueue_OneWaitsUntilTheBatchHasEnded()
    {
        var schedule = await AddAsync(ScheduleOverlap.Queue);
        var batch = await StartFirstAsync(schedule);

        var second = (await Store.TakeAsync(schedule, Night.AddDays(1), NewId(), Cancel)).ShouldNotBeNull();
        (await Store.TakeAsync(schedule, Night.AddDays(2), NewId(), Cancel))!.State.ShouldBe(ScheduleRunState.Skipped);

        second.State.ShouldBe(ScheduleRunState.Queued);
        (await Store.TakeWaitingAsync(TimeSpan.FromMinutes(2), Cancel)).ShouldBeNull();
        await Batches.ApplyAsync(batch, BatchAction.Cancel, Cancel);
        var taken = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Store.TakeWaitingAsync(TimeSpan.FromMinutes(2), Cancel))));
        var run = taken.OfType<ScheduleRun>().ShouldHaveSingleItem();
        (run.Id, run.State, run.BatchId, run.Detail).ShouldBe((second.Id, ScheduleRunState.Starting, second.BatchId, null));
    }

    [Fact]
    public async Task TakeWaiting_StarterDied_IsTakenAgainUnderTheSameBatch()
    {
        var schedule = await AddAsync();
        var run = (await Store.TakeAsync(schedule, Night, NewId(), Cancel)).ShouldNotBeNull();
        (await Store.TakeWaitingAsync(TimeSpan.FromMinutes(2), Cancel)).ShouldBeNull();

        await ExecuteAsync("update schedule_run set taken_at = now() - interval '3 minutes'");

        var again = (await Store.TakeWaitingAsync(TimeSpan.FromMinutes(2), Cancel)).ShouldNotBeNull();
        (again.Id, again.BatchId, again.State, again.Tries).ShouldBe((run.Id, run.BatchId, ScheduleRunState.Starting, 2));
    }

    [Fact]
    public async Task Write_Failed_KeepsProblemsAndTellsWebhooks()
    {
        var schedule = await AddAsync();
        var run = (await Store.TakeAsync(schedule, Night, NewId(), Cancel)).ShouldNotBeNull();

        await Store.WriteAsync(run with { State = ScheduleRunState.Failed, Detail = "The manifest has 1 problem.", Problems = ["m:1: image: x"], ManifestVersion = "v1" }, Cancel);
        // Written once: a second process that thought the first one dead changes nothing.
        await Store.WriteAsync(run with { State = ScheduleRunState.Started }, Cancel);

        var stored = (await Store.ListRunsAsync("nightly", 5, Cancel)).ShouldHaveSingleItem();
        (stored.State, stored.Detail).ShouldBe((ScheduleRunState.Failed, "The manifest has 1 problem."));
        stored.Problems.ShouldBe(["m:1: image: x"]);
        (await Store.GetAsync("nightly", Cancel))!.ManifestVersion.ShouldBeNull();
        (await ScalarAsync<string>("select kind || ' ' || schedule || ' ' || detail from webhook_event")).ShouldBe("schedule.failed nightly The manifest has 1 problem.");
    }

    private async Task<Schedule> AddAsync(ScheduleOverlap overlap = ScheduleOverlap.Skip)
    {
        var schedule = new Schedule("nightly", "0 2 * * *", "Europe/Berlin", "/data/m.jsonl", new BatchTemplate(), Armed) { Overlap = overlap };
        await Store.AddAsync(schedule, replace: false, Cancel);
        return schedule;
    }

    private async Task<string> StartFirstAsync(Schedule schedule)
    {
        var batch = await ImportAsync(1);
        var run = (await Store.TakeAsync(schedule, Night, batch, Cancel)).ShouldNotBeNull();
        await Store.WriteAsync(run with { State = ScheduleRunState.Started, ManifestVersion = "v1" }, Cancel);
        (await Store.GetAsync(schedule.Name, Cancel))!.ManifestVersion.ShouldBe("v1");
        return batch;
    }
}
