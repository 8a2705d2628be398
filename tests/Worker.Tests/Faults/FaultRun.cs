using System.Diagnostics;
using System.Security.Cryptography;
using Darkroom.Simulator;
using Darkroom.Simulator.Faults;
using Darkroom.Worker.Tests.Processes;

namespace Darkroom.Worker.Tests.Faults;

/// <summary>Runs a plan: two real workers, a simulator that fails, a database, and what befalls them; then holds the books of all three against each other.</summary>
internal sealed class FaultRun : IAsyncDisposable
{
    private const int Items = 40;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    private readonly FaultPlan _plan;
    private readonly CliWorld _world;
    private readonly DarkroomProcess[] _workers = new DarkroomProcess[2];

    private FaultRun(FaultPlan plan, CliWorld world) => (_plan, _world) = (plan, world);

    public static async Task<FaultRun> StartAsync(FaultPlan plan)
    {
        var world = await CliWorld.CreateAsync(new SimulatorOptions
        {
            Latency = TimeSpan.FromMilliseconds(250),
            Seed = plan.Seed,
            Faults = SimulatorFaults.Parse(plan.Faults),
        });
        world.Environment["Worker__LeaseTime"] = Lease.ToString();
        world.Environment["Worker__DrainTime"] = "00:00:10";
        world.Environment["Worker__MaxInFlight"] = "4";
        world.Environment["Edit__Timeout"] = "00:00:20";
        return new FaultRun(plan, world);
    }

    /// <summary>Does all of it.</summary>
    /// <returns>What was seen, for the record.</returns>
    public async Task<string> RunAsync()
    {
        for (var at = 0; at < _workers.Length; at++) _workers[at] = _world.StartWorker();
        foreach (var worker in _workers) await worker.UntilPrintedAsync("Listening on");
        _world.Folder.Write("faults.jsonl", string.Concat(Enumerable.Range(1, Items).Select(number => CliWorld.Row($"item-{number}", $"Paint item {number}.") + "\n")));
        var submitted = await _world.RunAsync(
            "submit", "faults.jsonl", "--json", "--size", "1024x1024", "--quality", "low", "--output-format", "jpeg",
            "--max-attempts", "50", "--on-unknown", _plan.OnUnknown);
        var batch = submitted.ShouldExit(0).Json["batch"]!.GetValue<string>();

        foreach (var step in _plan.Steps) await CarryOutAsync(step);
        var watch = Stopwatch.StartNew();
        await Poll.UntilAsync(async () => await _world.CountAsync("select count(*) from batch where state like 'completed%'") == 1, "the batch to end", TimeSpan.FromMinutes(2));
        await CheckAsync(batch);
        return $"seed {_plan.Seed}: ended {watch.Elapsed.TotalSeconds:0.0} s after the last step; billed {_world.Simulator.Account.Billed.Count}, "
            + $"reported {await CountAsync("ledger where kind = 'reported'")}, unconfirmed {await CountAsync("ledger where kind = 'unconfirmed'")}, "
            + $"adopted {await CountAsync("attempt where state = 'adopted'")}, held {await CountAsync("item where state = 'held'")}";
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private Task<long> CountAsync(string rows) => _world.CountAsync($"select count(*) from {rows}");

    private async Task CarryOutAsync(FaultStep step)
    {
        await Task.Delay(step.After, TestContext.Current.CancellationToken);
        var worker = _workers[step.Worker];
        if (worker.HasExited) throw new InvalidOperationException($"Worker {step.Worker} ended by itself:\n{worker.Error}");
        switch (step.Kind)
        {
            case FaultKind.Kill:
                await worker.KillAsync();
                await ReplaceAsync(step.Worker);
                break;
            case FaultKind.Freeze:
                await worker.SignalAsync("STOP");
                await Task.Delay(Lease + TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
                await worker.SignalAsync("CONT");
                break;
            case FaultKind.Stop:
                await worker.SignalAsync("TERM");
                (await worker.WaitAsync()).ShouldExit(0);
                await ReplaceAsync(step.Worker);
                break;
            case FaultKind.CutDatabase:
                await _world.CountAsync("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
                break;
            default:
                throw new InvalidOperationException($"No rule for {step.Kind}.");
        }
    }

    // A worker whose database goes away while it starts says so and ends, for its supervisor to start it again: no fault of the kind that is looked for here.
    private Task ReplaceAsync(int worker)
    {
        _workers[worker] = _world.StartWorker();
        return _workers[worker].UntilPrintedAsync("Listening on");
    }

    private async Task CheckAsync(string batch)
    {
        var billed = _world.Simulator.Account.Billed;
        (await CountAsync("item where state in ('pending', 'sending')")).ShouldBe(0, "every item has ended");
        (await CountAsync("item where state in ('rejected', 'failed', 'canceled')")).ShouldBe(0, "nothing here is a reason to fail");
        (await CountAsync("attempt where state = 'sending'")).ShouldBe(0, "every attempt has ended");
        if (_plan.OnUnknown == "retry") (await CountAsync("item where state = 'held' and unknowns < 2")).ShouldBe(0, "one unknown outcome is retried");

        // Every call that was billed is in the ledger: with its own request id, or as unconfirmed.
        var reported = await ReadAsync("select a.request_id from ledger l join attempt a on a.id = l.attempt_id where l.kind = 'reported'");
        reported.Count.ShouldBe(reported.Distinct(StringComparer.Ordinal).Count(), "no answer is booked twice");
        reported.Except(billed.Select(edit => edit.RequestId), StringComparer.Ordinal).ShouldBeEmpty("nothing is booked that wasn't billed");
        (billed.Count - reported.Count).ShouldBeInRange(0, (int)await CountAsync("ledger where kind = 'unconfirmed'"), "what was billed and not reported is booked as unconfirmed");

        // An item is billed again only after a call whose outcome was unknown.
        var unknowns = (await ReadAsync("select prompt || '|' || unknowns from item")).Select(row => row.Split('|')).ToDictionary(row => row[0], row => int.Parse(row[1]), StringComparer.Ordinal);
        foreach (var calls in billed.GroupBy(edit => edit.Prompt, StringComparer.Ordinal))
            calls.Count().ShouldBeLessThanOrEqualTo(1 + unknowns[calls.Key], $"'{calls.Key}' was billed more often than its unknown outcomes explain");

        // Every output is whole, and is what the simulator sent for its item.
        var sent = billed.SelectMany(edit => edit.ImageSha256).ToHashSet(StringComparer.Ordinal);
        var images = Path.Combine(_world.Folder.Home, "images");
        var outputs = await ReadAsync("select path || '|' || sha256 from output");
        outputs.Count.ShouldBe((int)await CountAsync("item where state = 'succeeded'"));
        foreach (var output in outputs.Select(row => row.Split('|')))
        {
            var bytes = await File.ReadAllBytesAsync(Path.Combine(images, output[0]), TestContext.Current.CancellationToken);
            Convert.ToHexStringLower(SHA256.HashData(bytes)).ShouldBe(output[1]);
            sent.ShouldContain(output[1]);
        }

        // What is visible is whole, also what nobody adopted.
        foreach (var file in Directory.EnumerateFiles(Path.Combine(images, batch), "*.png", SearchOption.AllDirectories))
            sent.ShouldContain(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken))));
    }

    private async Task<List<string>> ReadAsync(string sql)
    {
        await using var command = _world.Database.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken)) rows.Add(reader.GetString(0));
        return rows;
    }
}
