using System.Text;
using Darkroom.Benchmarks.Common;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Sources;
using Darkroom.Storage.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Benchmarks.Night;

/// <summary>
/// The second night of a catalogue that hasn't changed: every item asks for its source's version over loopback, is found among what was paid for, its image is
/// looked for in the store, and it is reused. The first night is written straight into the database and the folder.
/// </summary>
internal static class NightScenario
{
    private const double AimSeconds = 60;
    private const int ImageBytes = 64;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    /// <summary>Runs the scenario.</summary>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var (items, concurrency) = (arguments.Number("--items", 100_000), arguments.Number("--concurrency", 64));
        using var folder = new BenchFolder("night");
        await using var database = await BenchDatabase.CreateAsync();
        await using var simulator = await SimulatorProcess.StartAsync(1024, TimeSpan.Zero);
        await WriteFirstNightAsync(database, simulator.BaseUrl, folder.Path, items);
        await database.ExecuteAsync("vacuum analyze");

        TimeSpan elapsed, imported;
        long statements;
        using (var count = new StatementCount())
        {
            using var versions = new HeadVersions(simulator.BaseUrl);
            await using var worker = await BenchWorker.StartAsync(
                database.ConnectionString, simulator, folder.Path, concurrency, durable: true, services => services.AddSingleton<ISourceVersions>(versions));
            var started = System.Diagnostics.Stopwatch.GetTimestamp();
            var batch = await worker.ImportAsync(SampleItems.Take(items), ReuseMode.Earlier);
            imported = System.Diagnostics.Stopwatch.GetElapsedTime(started);
            elapsed = await worker.WorkAsync(batch);
            statements = count.Count;
        }

        var calls = await database.ScalarAsync<long>("select count(*) from attempt a join batch b on b.id = a.batch_id where b.reuse = 'earlier'");
        var reused = await database.ScalarAsync<long>("select count(*) from item where state = 'reused'");
        if (reused != items) throw new InvalidOperationException($"{reused} of {items} items were reused.");
        var allowed = AimSeconds * items / 100_000;
        Report.Row("night", $"{items} unchanged items, {concurrency} at once");
        Report.Row("  import", $"{imported.TotalSeconds,8:0.0} s");
        Report.Row("  reuse", $"{elapsed.TotalSeconds,8:0.0} s   {items / elapsed.TotalSeconds:0}/s   {statements} statements ({(double)statements / items:0.000} an item)   {calls} calls");
        Report.Aim($"aim {allowed:0.#} s and no call", elapsed.TotalSeconds <= allowed && calls == 0, $"{elapsed.TotalSeconds:0.0} s, {calls} calls");
        Report.Json(new { Scenario = "night", Items = items, Concurrency = concurrency, ImportSeconds = imported.TotalSeconds, elapsed.TotalSeconds, Statements = statements, Calls = calls, AimSeconds = allowed, Met = elapsed.TotalSeconds <= allowed && calls == 0 });
        return 0;
    }

    private static async Task WriteFirstNightAsync(BenchDatabase database, Uri endpoint, string images, int items)
    {
        var store = new PostgresItemStore(database.DataSource, Lease, new BudgetOptions(), new BreakerOptions());
        var batches = new PostgresBatchStore(database.DataSource);
        var process = await new PostgresProcessStore(database.DataSource).RegisterAsync(takesBatches: false, Lease, CancellationToken.None);
        var batch = new NewBatch(BatchIds.Create(TimeProvider.System), "first night", BatchDefaults.Empty);
        await batches.ImportAsync(batch, SampleItems.Take(items), CancellationToken.None);
        await new PostgresBatchJobStore(database.DataSource).OpenAsync(batch.Id, CancellationToken.None);
        await database.ExecuteAsync("analyze item");
        var version = EditFingerprint.OfVersions([HeadVersions.Stays.ToString()]);
        var content = Encoding.ASCII.GetBytes(new string('x', ImageBytes));
        Directory.CreateDirectory(Path.Combine(images, batch.Id));
        while (await store.ClaimAsync(process, [new ClaimQuota(batch.Id, 500)], CancellationToken.None) is { Count: > 0 } claimed)
        {
            var attempts = await store.BeginAttemptsAsync(process, claimed, CancellationToken.None);
            var ended = claimed.Zip(attempts, (item, attempt) => Completion(item, attempt!, endpoint, version)).ToList();
            foreach (var completion in ended) await File.WriteAllBytesAsync(Path.Combine(images, completion.Outputs[0].Path), content);
            await store.CompleteAsync(ended, CancellationToken.None);
        }

        if ((await batches.TryFinishAsync(batch.Id, CancellationToken.None)).State != BatchState.Completed) throw new InvalidOperationException("The first night hasn't ended.");
    }

    private static ItemCompletion Completion(ClaimedItem item, Attempt attempt, Uri endpoint, Guid version) => new(
        item with { EditKey = EditFingerprint.At(item.Fingerprint!.Value, endpoint.ToString().TrimEnd('/')), SourceVersion = version }, ItemState.Succeeded)
    {
        Attempt = attempt,
        AttemptState = AttemptState.Succeeded,
        SpendsAttempt = true,
        HttpStatus = 200,
        UsageJson = """{"total_tokens":464}""",
        Ledger = new LedgerEntry(LedgerKinds.Reported, new TokenUsage(16, 176, 0, 272), 1, 0.0123456m, "benchmark"),
        Outputs = [new StoredImage(0, new AttemptPlace(item.BatchId, item.OutputName, attempt.Number, "png").PathOf(0), ImageBytes, new string('a', 64), "png", 8, 8)],
    };
}
