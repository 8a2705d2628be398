using Darkroom.Simulator;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Cli;

public sealed class WorkerCommandTests
{
    [Fact]
    public async Task SubmitAndWorker_TwoProcesses_FinishTheBatch()
    {
        await using var world = await CliWorld.CreateAsync();
        var worker = world.StartWorker();
        var batch = await world.SubmitAsync(3);

        (await world.RunAsync("watch", batch)).ShouldExit(0).Out.ShouldContain("3 succeeded");

        await worker.SignalAsync("TERM");
        (await worker.WaitAsync()).ShouldExit(0);
        world.Simulator.Account.Summary.Billed.ShouldBe(3);
    }

    [Fact]
    public async Task Worker_Sigterm_LetsCallsInFlightFinishAndClaimsNothingMore()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Latency = TimeSpan.FromSeconds(3), LatencyJitter = 0, LatencyTail = 0 });
        world.Environment["Worker__MaxInFlight"] = "2";
        var worker = world.StartWorker();
        var batch = await world.SubmitAsync(6);
        await world.UntilInFlightAsync(2);

        await worker.SignalAsync("TERM");

        (await worker.WaitAsync()).ShouldExit(0);
        var status = await world.StatusAsync(batch);
        status["state"]!.GetValue<string>().ShouldBe("running");
        status["items"]!["sending"]!.GetValue<int>().ShouldBe(0);
        var succeeded = status["items"]!["succeeded"]!.GetValue<int>();
        succeeded.ShouldBeInRange(2, 5);
        status["unconfirmed_usd"]!.GetValue<string>().ShouldBe("0");
        var account = world.Simulator.Account.Summary;
        (account.Requests, account.Billed, account.Delivered).ShouldBe((succeeded, succeeded, succeeded));
        (await world.CountAsync("select count(*) from item where lease_token is not null")).ShouldBe(0);
    }

    [Fact]
    public async Task Workers_AllRestartedOneAfterAnother_LoseAndRepeatNothing()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Latency = TimeSpan.FromSeconds(1), LatencyJitter = 0, LatencyTail = 0, OutputBytes = 2048 });
        world.Environment["Worker__MaxInFlight"] = "4";
        var workers = new[] { world.StartWorker(), world.StartWorker(), world.StartWorker() };
        foreach (var worker in workers) await worker.UntilPrintedAsync("Listening on");
        var batch = await world.SubmitAsync(80);

        for (var at = 0; at < workers.Length; at++)
        {
            // Machines differ: where the workers start slowly the batch may have ended before the last one's turn.
            await Poll.UntilAsync(() => world.Simulator.Account.Summary is var now && (now.InFlight > 0 || now.Delivered == 80), "calls in flight");
            await workers[at].SignalAsync("TERM");
            (await workers[at].WaitAsync()).ShouldExit(0);
            workers[at] = world.StartWorker();
            await workers[at].UntilPrintedAsync("Listening on");
        }

        (await world.RunAsync("watch", batch)).ShouldExit(0).Out.ShouldContain("80 succeeded");
        // A drained worker leaves nothing behind to recover: each item was called once, and each call is booked as what it was.
        var account = world.Simulator.Account.Summary;
        (account.Requests, account.Billed, account.Delivered).ShouldBe((80, 80, 80));
        (await world.CountAsync("select count(*) from ledger where kind = 'reported'")).ShouldBe(80);
        (await world.CountAsync("select count(*) from ledger where kind <> 'reported'")).ShouldBe(0);
        (await world.CountAsync("select count(*) from attempt where state <> 'succeeded'")).ShouldBe(0);
    }

    [Fact]
    public async Task Worker_KilledInMidCall_AnotherTakesOverAndNothingIsLost()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Latency = TimeSpan.FromSeconds(3), LatencyJitter = 0, LatencyTail = 0 });
        world.Environment["Worker__LeaseTime"] = "00:00:05";
        var victim = world.StartWorker();
        var batch = await world.SubmitAsync(5);
        await world.UntilInFlightAsync(5);

        await victim.KillAsync();
        world.StartWorker();

        (await world.RunAsync("watch", batch)).ShouldExit(0);
        var status = await world.StatusAsync(batch);
        status["items"]!["succeeded"]!.GetValue<int>().ShouldBe(5);
        // Whatever was billed stands in the ledger, as confirmed or as not.
        var ledger = await world.CountAsync("select count(*) from ledger");
        var billed = world.Simulator.Account.Summary.Billed;
        billed.ShouldBeInRange(5, ledger);
        (await world.CountAsync("select count(*) from ledger where kind = 'unconfirmed'")).ShouldBe(5);
        (await world.CountAsync("select count(*) from attempt where state = 'sending'")).ShouldBe(0);
    }

    [Fact]
    public async Task Worker_SecondSigterm_StopsAtOnce()
    {
        await using var world = await CliWorld.CreateAsync(new SimulatorOptions { Latency = TimeSpan.FromMinutes(3), LatencyJitter = 0, LatencyTail = 0 });
        var worker = world.StartWorker();
        var batch = await world.SubmitAsync(1);
        await world.UntilInFlightAsync(1);

        await worker.SignalAsync("TERM");
        await worker.UntilPrintedAsync("Stopping");
        worker.HasExited.ShouldBeFalse();
        await worker.SignalAsync("TERM");

        await worker.WaitAsync(TimeSpan.FromSeconds(20));
        // The call's outcome is unknown now, and the item says so until a worker recovers it.
        (await world.StatusAsync(batch))["items"]!["sending"]!.GetValue<int>().ShouldBe(1);
    }

    [Theory]
    [InlineData("http://0.0.0.0:5080", "--urls http://0.0.0.0:5080: only loopback addresses are served while there are no access keys. Make one first: darkroom key add NAME --role admin")]
    [InlineData("http://loopback:5080", "--urls http://loopback:5080: only loopback addresses are served while there are no access keys.")]
    [InlineData("http://[::ffff:127.0.0.1]:5080", "--urls can't be listened on: ")]
    [InlineData("ftp://127.0.0.1:5080", "--urls takes addresses such as http://127.0.0.1:5080, not 'ftp://127.0.0.1:5080'.")]
    public async Task Worker_AddressNotOfThisMachine_IsRefused(string urls, string said)
    {
        await using var world = await CliWorld.CreateAsync();

        var refused = (await world.RunAsync("worker", "--urls", urls)).ShouldExit(2);

        refused.Error.ShouldContain(said);
        refused.Error.ShouldNotContain("Unhandled exception");
    }

    [Fact]
    public async Task Worker_PortTaken_SaysSoAndWhatToDo()
    {
        await using var world = await CliWorld.CreateAsync();
        var taken = new UriBuilder(world.Simulator.BaseUrl) { Path = "" }.Uri.ToString().TrimEnd('/');

        var worker = (await world.RunAsync("worker", "--urls", taken)).ShouldExit(2);

        worker.Error.ShouldContain("address already in use");
        worker.Error.ShouldContain("--urls http://127.0.0.1:0 takes a free port");
        worker.Error.ShouldNotContain("Unhandled exception");
    }

    [Fact]
    public async Task Worker_ItsRowIsGone_EndsWithTheReason()
    {
        await using var world = await CliWorld.CreateAsync();
        world.Environment["Worker__LeaseTime"] = "00:00:05";
        var worker = world.StartWorker();
        await worker.UntilPrintedAsync("Listening on");
        await world.CountAsync("with gone as (delete from process returning 1) select count(*) from gone");

        var ended = await worker.WaitAsync();

        ended.ShouldExit(1).Error.ShouldContain("isn't in the database any more");
    }
}
