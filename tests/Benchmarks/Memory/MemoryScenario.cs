using Darkroom.Benchmarks.Common;

namespace Darkroom.Benchmarks.Memory;

/// <summary>The working set of a worker while many large images are on their way through it, over what it has when idle. The simulator is another process.</summary>
internal static class MemoryScenario
{
    private const double Aim = 250;

    /// <summary>Runs the scenario.</summary>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var (items, inFlight) = (arguments.Number("--items", 800), arguments.Number("--in-flight", 400));
        var bytes = arguments.Number("--megabytes", 8) * 1024 * 1024;
        using var folder = new BenchFolder("images");
        await using var database = await BenchDatabase.CreateAsync();
        // All are in flight before the first image comes: with a call's time of its own, as real calls have, they come together.
        await using var simulator = await SimulatorProcess.StartAsync(bytes, arguments.Seconds("--latency", 2));
        await using var worker = await BenchWorker.StartAsync(database.ConnectionString, simulator, folder.Path, inFlight, durable: !arguments.Has("--no-durable"));
        var batch = await worker.ImportAsync(SampleItems.Take(items));
        var idle = WorkingSetWatch.Settled();
        var most = 0;
        TimeSpan elapsed;
        long peak;
        await using (var watch = new WorkingSetWatch(() => most = Math.Max(most, worker.InFlight)))
        {
            elapsed = await worker.WorkAsync(batch);
            peak = watch.Peak;
        }

        var over = Report.Megabytes(peak - idle);
        var seen = await simulator.MaxInFlightAsync();
        Report.Row("memory", $"{items} items of {bytes / 1024 / 1024} MB, most in flight {most} (the simulator saw {seen}), {elapsed.TotalSeconds:0.0} s");
        Report.Row("  throughput", $"{items * (double)bytes / 1e6 / elapsed.TotalSeconds:0} MB/s");
        Report.Row("  working set", $"idle {Report.Megabytes(idle):0} MB   peak {Report.Megabytes(peak):0} MB   after {Report.Megabytes(WorkingSetWatch.Settled()):0} MB");
        Report.Aim($"aim {Aim} MB over idle", over <= Aim, $"{over:0} MB");
        Report.Json(new
        {
            Scenario = "memory",
            Items = items,
            ImageBytes = bytes,
            MostInFlight = most,
            SimulatorMostInFlight = seen,
            Seconds = elapsed.TotalSeconds,
            IdleBytes = idle,
            PeakBytes = peak,
            OverIdleMb = over,
            Aim,
            Met = over <= Aim,
        });
        return 0;
    }
}
