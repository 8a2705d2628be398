using System.Globalization;
using Darkroom.Benchmarks.Common;
using Darkroom.Benchmarks.Pace;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Benchmarks.Fair;

/// <summary>How evenly equal batches progress that share one limit: Jain's index over the calls that each had begun when the time was up; 1 is perfectly even.</summary>
internal static class FairScenario
{
    private const double Aim = 0.98;

    /// <summary>Runs the scenario.</summary>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var (batches, rate, workers) = (arguments.Number("--batches", 8), arguments.Number("--rate", 6000), arguments.Number("--workers", 2));
        var time = arguments.Seconds("--seconds", 30);
        using var folder = new BenchFolder("fair");
        await using var database = await BenchDatabase.CreateAsync();
        await using var simulator = await SimulatorProcess.StartPacedAsync(rate);
        var ids = new List<string>();
        await using (var importer = await BenchWorker.StartAsync(database.ConnectionString, simulator, folder.Path, 1, durable: false))
        {
            // Each could take all of the time by itself.
            for (var batch = 0; batch < batches; batch++) ids.Add(await importer.ImportAsync(SampleItems.Take((int)(rate / 60.0 * (time.TotalSeconds + 30)))));
        }

        var processes = new List<WorkerProcess>();
        long[] begun;
        double share;
        try
        {
            var inFlight = Math.Max(32, (int)(rate / 60.0 * 3 / workers) + 16);
            for (var at = 0; at < workers; at++)
                processes.Add(WorkerProcess.Start(database, simulator, folder.Path, ids, inFlight, string.Create(CultureInfo.InvariantCulture, $"{nameof(GroupLimits.ImagesPerMinute)}={rate}")));
            (share, _, _) = await PaceRun.MeasureAsync(simulator, rate, TimeSpan.FromSeconds(12), time);
            begun = await Task.WhenAll(ids.Select(id => database.ScalarAsync<long>($"select count(*) from attempt where batch_id = '{id}' and state <> 'throttled'")));
        }
        finally
        {
            foreach (var process in processes) await process.DisposeAsync();
        }

        var index = Jain(begun);
        Report.Row("fair", $"{batches} equal batches, {rate} a minute, {workers} workers, {time.TotalSeconds:0} s after warming up");
        Report.Row("  calls of each", $"{string.Join(", ", begun)}; {share:P1} of the limit used");
        Report.Aim($"aim {Aim} (Jain's index)", index >= Aim, $"{index:0.0000}");
        Report.Json(new { Scenario = "fair", Batches = batches, PerMinute = rate, Workers = workers, Begun = begun, Share = share, Index = index, Aim, Met = index >= Aim });
        return 0;
    }

    private static double Jain(long[] parts) => Math.Pow(parts.Sum(), 2) / Math.Max(1, parts.Length * parts.Sum(part => Math.Pow(part, 2)));
}
