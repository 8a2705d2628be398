using System.Diagnostics;
using Darkroom.Benchmarks.Common;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Running;
using Darkroom.Storage.Postgres;

namespace Darkroom.Benchmarks.Claim;

/// <summary>
/// What the database does for an item, without the call: claim, begin, complete with an output and a ledger row, by several workers in sets as large as a
/// pump's. The baseline does the same one item at a time, on the same database, with as many workers.
/// </summary>
internal static class ClaimScenario
{
    private const double Aim = 5000;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    /// <summary>Runs the scenario.</summary>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var (items, single) = (arguments.Number("--items", 100_000), arguments.Number("--baseline", 5000));
        var (workers, set, rounds) = (arguments.Number("--workers", 4), arguments.Number("--set", 64), arguments.Number("--rounds", 3));
        await using var database = await BenchDatabase.CreateAsync();
        await MeasureAsync(database, 2000, workers, set);
        List<double> sets = [], singles = [];
        for (var round = 0; round < rounds; round++)
        {
            singles.Add(single / (await MeasureAsync(database, single, workers, 1)).TotalSeconds);
            sets.Add(items / (await MeasureAsync(database, items, workers, set)).TotalSeconds);
        }

        var (inSets, oneByOne) = (Report.Median(sets), Report.Median(singles));
        Report.Row("claim", $"{items} items a round, {workers} workers, {rounds} rounds, medians");
        Report.Row($"  in sets of {set}", $"{inSets,8:0}/s");
        Report.Row("  one at a time", $"{oneByOne,8:0}/s   ratio {inSets / oneByOne:0.0}");
        Report.Aim($"aim {Aim}/s", inSets >= Aim, $"{inSets:0}/s");
        Report.Json(new
        {
            Scenario = "claim",
            Items = items,
            Workers = workers,
            Set = set,
            Rounds = rounds,
            PerSecond = inSets,
            OneByOneItems = single,
            OneByOnePerSecond = oneByOne,
            Ratio = inSets / oneByOne,
            RoundsPerSecond = sets.Select(rate => Math.Round(rate)),
            Aim,
            Met = inSets >= Aim,
        });
        return 0;
    }

    /// <summary>Imports and completes so many items.</summary>
    internal static async Task<TimeSpan> MeasureAsync(BenchDatabase database, int items, int workers, int set)
    {
        var batches = new PostgresBatchStore(database.DataSource);
        var store = new PostgresItemStore(database.DataSource, Lease, new BudgetOptions(), new BreakerOptions());
        var batch = new NewBatch(BatchIds.Create(TimeProvider.System), "benchmark", BatchDefaults.Empty);
        await batches.ImportAsync(batch, SampleItems.Take(items), CancellationToken.None);
        await new PostgresBatchJobStore(database.DataSource).OpenAsync(batch.Id, CancellationToken.None);
        // What autovacuum would do within a minute of an import.
        await database.ExecuteAsync("analyze item");
        var processes = new PostgresProcessStore(database.DataSource);
        var ids = await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => processes.RegisterAsync(takesBatches: false, Lease, CancellationToken.None)));

        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(ids.Select(id => Task.Run(() => WorkAsync(store, id, batch.Id, set))));
        var elapsed = Stopwatch.GetElapsedTime(started);

        if ((await batches.TryFinishAsync(batch.Id, CancellationToken.None)).State != BatchState.Completed) throw new InvalidOperationException("Not all items succeeded.");
        foreach (var id in ids) await processes.RetireAsync(id, CancellationToken.None);
        return elapsed;
    }

    private static async Task WorkAsync(PostgresItemStore store, long process, string batch, int set)
    {
        while (await store.ClaimAsync(process, [new ClaimQuota(batch, set)], CancellationToken.None) is { Count: > 0 } claimed)
        {
            var attempts = await store.BeginAttemptsAsync(process, claimed, CancellationToken.None);
            var held = await store.CompleteAsync([.. claimed.Zip(attempts, Completion)], CancellationToken.None);
            if (held.Contains(false)) throw new InvalidOperationException("A claim was lost.");
        }
    }

    private static ItemCompletion Completion(ClaimedItem item, Attempt? attempt) => new(item, ItemState.Succeeded)
    {
        Attempt = attempt ?? throw new InvalidOperationException("An attempt wasn't begun."),
        AttemptState = AttemptState.Succeeded,
        SpendsAttempt = true,
        HttpStatus = 200,
        RequestId = "req_0123456789abcdef0123456789abcdef",
        UsageJson = """{"total_tokens":464,"input_tokens":192,"output_tokens":272,"input_tokens_details":{"text_tokens":16,"image_tokens":176}}""",
        Ledger = new LedgerEntry(LedgerKinds.Reported, new TokenUsage(16, 176, 0, 272), 1, 0.0123456m, "benchmark"),
        Outputs = [new StoredImage(0, $"{item.BatchId}/{item.OutputName}-1.{attempt.Number}.png", 65_536, new string('a', 64), "png", 1024, 1024)],
    };
}
