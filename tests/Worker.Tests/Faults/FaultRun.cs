using System.Diagnostics;
using Darkroom.Simulator;
using Darkroom.Simulator.Faults;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Faults;

/// <summary>Runs a plan: two real workers, a simulator that fails, a database and an image store, and what befalls them; then holds the books of all against each other.</summary>
internal sealed class FaultRun : IAsyncDisposable
{
    private const int Items = 40;
    private const int MaxRounds = 20;
    private const int EndedBySignal = 128 + 15;
    private static readonly TimeSpan MaxTakeover = TimeSpan.FromSeconds(60);

    // The shortest that can be set, so that a run is short; TakeoverTests has the default.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    private readonly FaultPlan _plan;
    private readonly CrashingPostgres _postgres;
    private readonly CliWorld _world;
    private readonly FaultStore _store;
    private readonly TakeoverWatch _takeovers;
    private readonly DarkroomProcess[] _workers = new DarkroomProcess[2];
    private readonly List<DarkroomProcess> _ended = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private (int Worker, Task Thaw)? _frozen;
    private readonly List<string> _story = [];
    private int _halts;

    private FaultRun(FaultPlan plan, CrashingPostgres postgres, CliWorld world, FaultStore store) =>
        (_plan, _postgres, _world, _store, _takeovers) = (plan, postgres, world, store, new TakeoverWatch(world.Database));

    public static async Task<FaultRun> StartAsync(FaultPlan plan)
    {
        var postgres = await CrashingPostgres.GetAsync();
        var world = await CliWorld.CreateAsync(await postgres.CreateDatabaseAsync(), new SimulatorOptions
        {
            Latency = TimeSpan.FromMilliseconds(250),
            Seed = plan.Seed,
            Faults = SimulatorFaults.Parse(plan.Faults),
        });
        world.Environment["Worker__LeaseTime"] = Lease.ToString();
        world.Environment["Worker__DrainTime"] = "00:00:30";
        world.Environment["Worker__MaxInFlight"] = "4";
        world.Environment["Edit__Timeout"] = "00:00:20";
        if (plan.RequestsPerMinute is { } pace) world.Environment["Limits__Default__RequestsPerMinute"] = pace.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new FaultRun(plan, postgres, world, await FaultStore.CreateAsync(plan, world));
    }

    /// <summary>Does all of it.</summary>
    /// <returns>What it came to.</returns>
    public async Task<FaultSummary> RunAsync()
    {
        // Nobody waits until they have started: what befalls them may befall them at their start.
        for (var at = 0; at < _workers.Length; at++) _workers[at] = _world.StartWorker();
        _world.Folder.Write("faults.jsonl", string.Concat(Enumerable.Range(1, Items).Select(number => CliWorld.Row($"item-{number}", $"Paint item-{number}.") + "\n")));
        var submitted = await _world.RunAsync(
            "submit", "faults.jsonl", "--json", "--size", "1024x1024", "--quality", "low", "--output-format", "jpeg",
            "--max-attempts", "50", "--on-unknown", _plan.OnUnknown);
        var batch = submitted.ShouldExit(0).Json["batch"]!.GetValue<string>();
        await Poll.UntilAsync(() => _world.Simulator.Account.Summary.Requests > 0, "the first call");

        Note("the first call");
        foreach (var step in _plan.Steps)
        {
            await CarryOutAsync(step);
            Note($"done: {step}");
        }

        if (_frozen is { } frozen) await frozen.Thaw;
        await OperateAsync(batch);
        Note("the batch has ended");
        await Task.WhenAll(_workers.Select(EndAsync));
        Note("the workers have ended");
        // What a dead worker had asked for is still made, and billed.
        await Poll.UntilAsync(() => _world.Simulator.Account.Summary.InFlight == 0, "the last calls to end");
        return await CheckAsync(batch);
    }

    /// <summary>What happened when, and what the workers said last, for whoever looks into a failure.</summary>
    public string Tell() => string.Join('\n', _story) + "\n" + string.Join('\n', _ended.Concat(_workers).Where(worker => worker is not null).Select(worker =>
        $"--- worker {worker.Id}, {(worker.HasExited ? "ended" : "running")}:\n{string.Join('\n', worker.Error.Split('\n').TakeLast(25))}"));

    /// <summary>Since the start.</summary>
    public TimeSpan Elapsed => _watch.Elapsed;

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        await _store.DisposeAsync();
    }

    private void Note(string what) => _story.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Elapsed.TotalSeconds:0.0} s: {what}"));

    private async Task CarryOutAsync(FaultStep step)
    {
        await Task.Delay(step.After, TestContext.Current.CancellationToken);
        foreach (var running in _workers)
            if (running.HasExited) throw new InvalidOperationException($"Worker {running.Id} ended by itself.");
        switch (step.Kind)
        {
            case FaultKind.Kill or FaultKind.Freeze or FaultKind.Stop:
                await StrikeAsync(step);
                break;
            case FaultKind.CutDatabase:
                await _world.CountAsync("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
                // Of our own connections, too, only that one is left.
                _world.Database.DataSource.Clear();
                break;
            case FaultKind.KillDatabase:
                await _postgres.KillAsync();
                await ReviveAsync(step.For);
                break;
            case FaultKind.DropDatabase or FaultKind.RestartDatabase:
                await _postgres.StopAsync(step.Kind == FaultKind.DropDatabase ? "immediate" : "fast");
                await ReviveAsync(step.For);
                break;
            case FaultKind.RestartStore:
                await _store.RestartAsync(step.For);
                break;
            case FaultKind.FreezeStore:
                await _store.FreezeAsync(step.For);
                break;
            default:
                throw new InvalidOperationException($"No rule for {step.Kind}.");
        }
    }

    private async Task StrikeAsync(FaultStep step)
    {
        // One is frozen at a time, and what befalls a frozen one befalls the other.
        if (_frozen is { Thaw.IsCompleted: true }) _frozen = null;
        if (_frozen is { } frozen && step.Kind == FaultKind.Freeze) await frozen.Thaw;
        var at = _frozen is { } still && still.Worker == step.Worker ? 1 - step.Worker : step.Worker;
        var worker = _workers[at];
        if (step.Kind == FaultKind.Stop)
        {
            await EndAsync(worker);
            Replace(at);
            return;
        }

        var struck = await _takeovers.NowAsync();
        if (step.Kind == FaultKind.Kill)
        {
            await worker.KillAsync();
            await _takeovers.BeginAsync(worker.Id, struck);
            Replace(at);
            return;
        }

        await worker.SignalAsync("STOP");
        await _takeovers.BeginAsync(worker.Id, struck);
        _frozen = (at, ThawAsync(worker, Lease + TimeSpan.FromSeconds(1) + step.For));
    }

    private static async Task ThawAsync(DarkroomProcess worker, TimeSpan after)
    {
        await Task.Delay(after, TestContext.Current.CancellationToken);
        await worker.SignalAsync("CONT");
    }

    private static async Task EndAsync(DarkroomProcess worker)
    {
        await worker.SignalAsync("TERM");
        var ended = await worker.WaitAsync();
        // A signal that comes before the program has begun to listen for it ends it at once; it hasn't done a thing then.
        if (ended.ExitCode == EndedBySignal && ended.Error.Length == 0) return;
        ended.ShouldExit(0);
    }

    private void Replace(int at)
    {
        _ended.Add(_workers[at]);
        _workers[at] = _world.StartWorker();
    }

    private async Task ReviveAsync(TimeSpan away)
    {
        await Task.Delay(away, TestContext.Current.CancellationToken);
        await _postgres.StartAsync();
        // Our own connections are of the server that was.
        _world.Database.DataSource.Clear();
    }

    // What an operator does: a halted batch is resumed, and what was held because the store took no image is bought again.
    private async Task OperateAsync(string batch)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            await Poll.UntilAsync(
                async () => await CountAsync("batch where state not in ('running')") == 1 || _workers.Any(worker => worker.HasExited), "the batch to end", TimeSpan.FromMinutes(2));
            foreach (var running in _workers)
                if (running.HasExited) throw new InvalidOperationException($"Worker {running.Id} ended by itself.");
            if (await CountAsync("batch where state = 'halted'") == 1)
            {
                (await CountAsync("batch where reason = 'store'")).ShouldBe(1, "nothing else is a reason to halt here");
                _halts++;
                (await _world.RunAsync("resume", batch)).ShouldExit(0);
            }
            else if (await CountAsync("item where state = 'held' and error ->> 'class' = 'store'") > 0)
            {
                (await _world.RunAsync("retry", batch, "--state", "held")).ShouldExit(0);
            }
            else if (await CountAsync("batch where state like 'completed%'") == 1)
            {
                return;
            }
        }

        throw new TimeoutException($"The batch is still not at its end after {MaxRounds} rounds of an operator's work.");
    }

    private async Task<FaultSummary> CheckAsync(string batch)
    {
        var simulated = _world.Simulator.Account.Summary;
        simulated.Defects.ShouldBe(0, simulated.LastDefect);
        (await CountAsync("item")).ShouldBe(Items);
        (await CountAsync("item where state in ('pending', 'sending')")).ShouldBe(0, "every item has ended");
        (await CountAsync("item where state in ('rejected', 'failed', 'canceled')")).ShouldBe(0, "nothing here is a reason to fail");
        (await CountAsync("item where lease_token is not null")).ShouldBe(0, "nobody holds anything");
        (await CountAsync("attempt where state = 'sending'")).ShouldBe(0, "every attempt has ended");
        (await CountAsync("item i where i.state = 'succeeded' and 1 <> (select count(*) from attempt a where a.item_id = i.id and a.state in ('succeeded', 'adopted'))"))
            .ShouldBe(0, "an item succeeds once");
        if (_plan.OnUnknown == "retry") (await CountAsync("item where state = 'held' and unknowns < 2")).ShouldBe(0, "one unknown outcome is retried");

        var account = await FaultAccount.ReadAsync(_world.Database, _world.Simulator.Account.Billed);
        account.CheckCalls(simulated.Requests);
        var lost = await account.CheckOutputsAsync(_world.Database, _store.Images);
        lost.ShouldBe(0, "nothing is lost");
        foreach (var image in await _store.ReadVisibleAsync(batch)) account.WasSent(image).ShouldBeTrue("what is visible is whole, also what nobody adopted");
        var takeover = await _takeovers.LongestAsync();
        takeover.ShouldBeLessThan(MaxTakeover);
        return new FaultSummary(
            1, _plan.Steps.GroupBy(step => step.Kind.ToString(), StringComparer.Ordinal).ToDictionary(steps => steps.Key, steps => steps.Count(), StringComparer.Ordinal),
            Items, lost, (int)await CountAsync("item where state = 'held'"), (int)simulated.Billed, account.Reported, account.Unconfirmed,
            account.UnconfirmedBilled, (int)await CountAsync("attempt where state = 'adopted'"), account.Twice, _halts, takeover);
    }

    private Task<long> CountAsync(string rows) => _world.CountAsync($"select count(*) from {rows}");
}
