using Darkroom.Simulator;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Hangfire;

/// <summary>A batch is one Hangfire job, with workers as they are shipped.</summary>
public sealed class OneJobPerBatchTests
{
    private static readonly SimulatorOptions Slow = new() { Latency = TimeSpan.FromSeconds(2), LatencyJitter = 0, LatencyTail = 0 };

    // Not those of upkeep.
    private const string OfBatches = "invocationdata ->> 'Type' like '%EditBatch%'";

    [Fact]
    public async Task Submit_WorkerIsThere_TheBatchRunsAtOnceAndHasOneJob()
    {
        await using var world = await CliWorld.CreateAsync(Slow);
        // Longer than this test may take: news start the batch, and no look by time. Hangfire looks every 15 s.
        world.Environment["Worker__SweepInterval"] = "00:01:00";
        var worker = world.StartWorker();
        await worker.UntilPrintedAsync("Listening on");
        var batch = await world.SubmitAsync(3);
        await Poll.UntilAsync(async () => await StateAsync(world, batch) != "queued", "the batch to be opened");
        // By the database's clock; well under a second on a machine that has nothing else to do.
        await world.UntilInFlightAsync(1);
        (await world.CountAsync("select (extract(epoch from (select min(started_at) from attempt) - (select created_at from batch)) * 1000)::bigint")).ShouldBeInRange(0, 14_000);
        (await JobsAsync(world, "Processing")).ShouldBe(1);
        (await world.CountAsync("select count(*) from batch b join process p on p.id = b.job_process_id where p.lease_until > now()")).ShouldBe(1);

        (await world.RunAsync("watch", batch)).ShouldExit(0);
        await Poll.UntilAsync(async () => await JobsAsync(world, "Succeeded") == 1, "the job to end");
        (await world.CountAsync($"select count(*) from hangfire.job where {OfBatches}")).ShouldBe(1);
        (await world.CountAsync("select count(*) from batch where job_process_id is null and job_at is null")).ShouldBe(1);
    }

    [Fact]
    public async Task Submit_NoWorker_StaysQueued()
    {
        await using var world = await CliWorld.CreateAsync();
        var batch = await world.SubmitAsync(1);
        (await world.StatusAsync(batch))["state"]!.GetValue<string>().ShouldBe("queued");
        (await world.RunAsync("status", batch)).ShouldExit(0).Out.ShouldContain("No worker is running");
        (await world.RunAsync("pause", batch)).ShouldExit(0);
        (await world.RunAsync("resume", batch)).ShouldExit(0);
        (await world.StatusAsync(batch))["state"]!.GetValue<string>().ShouldBe("queued");
        world.StartWorker();
        (await world.RunAsync("watch", batch)).ShouldExit(0);
    }

    [Fact]
    public async Task Workers_TwoOfThem_ShareTheItemsOfABatchWhoseJobOneHolds()
    {
        await using var world = await CliWorld.CreateAsync(Slow);
        world.Environment["Worker__MaxInFlight"] = "4";
        var (first, second) = (world.StartWorker(), world.StartWorker());
        await Task.WhenAll(first.UntilPrintedAsync("Listening on"), second.UntilPrintedAsync("Listening on"));
        var batch = await world.SubmitAsync(30);
        await world.UntilInFlightAsync(8);
        (await world.CountAsync("select count(distinct lease_owner) from item where state = 'sending'")).ShouldBe(2);
        (await JobsAsync(world, "Processing")).ShouldBe(1);
        (await world.RunAsync("watch", batch)).ShouldExit(0).Out.ShouldContain("30 succeeded");
        (await world.CountAsync($"select count(*) from hangfire.job where {OfBatches}")).ShouldBe(1);
    }

    [Fact]
    public async Task Worker_KilledWithTheJob_AnotherRunsItAndEndsTheBatch()
    {
        await using var world = await CliWorld.CreateAsync(Slow);
        world.Environment["Worker__MaxInFlight"] = "2";
        world.Environment["Worker__LeaseTime"] = "00:00:05";
        var holder = world.StartWorker();
        await holder.UntilPrintedAsync("Listening on");
        var batch = await world.SubmitAsync(20);
        await world.UntilInFlightAsync(2);
        var other = world.StartWorker();
        await other.UntilPrintedAsync("Listening on");
        var before = await world.CountAsync("select job_process_id from batch");

        await holder.KillAsync();

        await Poll.UntilAsync(async () => await world.CountAsync("select coalesce(job_process_id, 0) from batch") is var now && now != 0 && now != before, "the other worker to run the job", TimeSpan.FromMinutes(1));
        (await world.RunAsync("watch", batch)).ShouldExit(0);
        (await world.CountAsync("select count(*) from item where state = 'succeeded'")).ShouldBe(20);
    }

    [Fact]
    public async Task Job_IsLost_TheSweepEnqueuesAnother()
    {
        await using var world = await CliWorld.CreateAsync();
        world.Environment["Worker__SweepInterval"] = "00:00:01";
        var worker = world.StartWorker();
        await worker.UntilPrintedAsync("Listening on");
        await worker.SignalAsync("TERM");
        (await worker.WaitAsync()).ShouldExit(0);
        // As if Hangfire's row had been lost after it was enqueued, a minute ago.
        var batch = await world.SubmitAsync(2);
        (await world.CountAsync("with lost as (update batch set job_at = now() - interval '61 seconds' returning 1) select count(*) from lost")).ShouldBe(1);
        (await JobsAsync(world, "Enqueued")).ShouldBe(0);

        world.StartWorker();

        (await world.RunAsync("watch", batch)).ShouldExit(0);
        (await world.CountAsync($"select count(*) from hangfire.job where {OfBatches}")).ShouldBe(1);
    }

    [Fact]
    public async Task Jobs_TwoOfOneBatch_AreHarmless()
    {
        await using var world = await CliWorld.CreateAsync(Slow);
        var (first, second) = (world.StartWorker(), world.StartWorker());
        await Task.WhenAll(first.UntilPrintedAsync("Listening on"), second.UntilPrintedAsync("Listening on"));
        var batch = await world.SubmitAsync(20);
        await world.UntilInFlightAsync(4);
        await using (var node = new JobNode(world.Database.ConnectionString, new RecordingHandler()))
        {
            for (var more = 0; more < 4; more++) await node.EnqueueAsync(batch);
        }

        (await world.RunAsync("watch", batch)).ShouldExit(0).Out.ShouldContain("20 succeeded");
        await Poll.UntilAsync(async () => await JobsAsync(world, "Succeeded") == 5, "all five jobs to end");
        world.Simulator.Account.Summary.Billed.ShouldBe(20);
    }

    [Fact]
    public async Task Resume_WhileACallIsInFlight_TheBatchRunsBeforeTheCallEnds()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Latency = TimeSpan.FromMinutes(5) });
        world.Environment["Worker__MaxInFlight"] = "2";
        world.StartWorker();
        var batch = await world.SubmitAsync(1);
        await world.UntilInFlightAsync(1);

        (await world.RunAsync("pause", batch)).ShouldExit(0);
        (await world.RunAsync("resume", batch)).ShouldExit(0);

        await Poll.UntilAsync(async () => await StateAsync(world, batch) == "running", "the batch to run again", TimeSpan.FromMinutes(1));
        world.Simulator.Account.Summary.InFlight.ShouldBe(1);
    }

    [Fact]
    public async Task Batches_MoreThanMaxBatches_StayQueuedByPriority()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Latency = TimeSpan.FromMinutes(5) });
        world.Environment["Worker__MaxBatches"] = "2";
        var manifest = world.WriteManifest(1);
        // Before a worker comes, so that the most urgent ones are first.
        var batches = new List<string>();
        foreach (var priority in (string[])["1", "9", "5", "8"])
            batches.Add((await world.RunAsync("submit", manifest, "--priority", priority, "--size", "1024x1024", "--quality", "low", "--yes", "--json")).ShouldExit(0).Json["batch"]!.GetValue<string>());
        world.StartWorker();
        await world.UntilInFlightAsync(2);
        var states = new List<string>();
        foreach (var batch in batches) states.Add(await StateAsync(world, batch));
        states.ShouldBe(["queued", "running", "queued", "running"]);
    }

    private static async Task<string> StateAsync(CliWorld world, string batch) => (await world.TextAsync($"select state from batch where id = '{batch}'"))!;

    private static Task<long> JobsAsync(CliWorld world, string state) => world.CountAsync($"select count(*) from hangfire.job where {OfBatches} and statename = '{state}'");
}
