using Darkroom.Benchmarks.Common;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Manifests;
using Darkroom.Storage.Postgres;

namespace Darkroom.Benchmarks.Scale;

/// <summary>
/// Real workers on one database and one simulator without limits: items a second from the first call to the end, and what the machine did meanwhile. First with answers
/// at once, where the machine is the bottleneck; then with answers that take their time, where a worker's calls in flight are it until the machine is.
/// </summary>
internal static class ScaleScenario
{
    private const double Full = 0.9;

    /// <summary>Runs the scenario.</summary>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var (items, bytes) = (arguments.Number("--items", 6000), arguments.Number("--kilobytes", 16) * 1024);
        var (latency, inFlight) = (arguments.Seconds("--latency", 2), arguments.Number("--in-flight", 64));
        using var folder = new BenchFolder("scale");
        await using var database = await BenchDatabase.CreateAsync();
        Report.Row("scale", $"{bytes / 1024} KB an image, {Environment.ProcessorCount} cores for workers, simulator and database together");
        var (atOnce, later) = (new List<object>(), new List<object>());
        await using (var simulator = await SimulatorProcess.StartAsync(bytes, TimeSpan.Zero))
        {
            Report.Row("  answers at once", $"{items} items a run");
            foreach (var workers in (int[])[1, 2, 4]) atOnce.Add(await RunAsync(database, simulator, folder, workers, items, null, null));
        }

        await using (var simulator = await SimulatorProcess.StartAsync(bytes, latency))
        {
            var each = inFlight / latency.TotalSeconds;
            Report.Row($"  answers after {latency.TotalSeconds:0.#} s", $"{inFlight} calls in flight a worker, so {each:0} items a second at most; half a minute's items a run");
            foreach (var workers in (int[])[1, 2, 4, 10]) later.Add(await RunAsync(database, simulator, folder, workers, (int)(workers * each * 30), inFlight, workers * each));
        }

        Report.Json(new { Scenario = "scale", Items = items, ImageBytes = bytes, Cores = Environment.ProcessorCount, LatencySeconds = latency.TotalSeconds, InFlight = inFlight, AtOnce = atOnce, Later = later });
        return 0;
    }

    private static async Task<object> RunAsync(
        BenchDatabase database, SimulatorProcess simulator, BenchFolder folder, int workers, int items, int? inFlight, double? most)
    {
        await using var pool = await WorkerPool.StartAsync(workers, database, simulator, folder.Path, inFlight);
        // The first batch warms them up and doesn't count.
        await RunBatchAsync(database, items / 4);
        var (cpuBefore, workersBefore) = (CpuUse.Read(), pool.CpuTime);
        var seconds = await RunBatchAsync(database, items);
        var cpu = CpuUse.Read().Since(cpuBefore);
        var own = (pool.CpuTime - workersBefore).TotalSeconds / seconds / Environment.ProcessorCount;
        var perSecond = items / seconds;
        var bottleneck = perSecond > most * Full ? "calls in flight" : cpu.Share >= Full ? "CPU of this machine" : (double)cpu.Waiting / cpu.All > 0.3 ? "disk" : "waiting (latency, locks)";
        Report.Row(
            $"    {workers} worker{(workers == 1 ? "" : "s")}",
            $"{perSecond,7:0}/s{(most is { } all ? $" ({perSecond / all:0%} of what they could)" : "")}   machine's CPU {cpu.Share:0%}, of which workers {own:0%}   bottleneck: {bottleneck}");
        return new { Workers = workers, PerSecond = Math.Round(perSecond), CpuShare = Math.Round(cpu.Share, 2), WorkersShare = Math.Round(own, 2), Bottleneck = bottleneck };
    }

    private static async Task<double> RunBatchAsync(BenchDatabase database, int items)
    {
        var batch = new NewBatch(BatchIds.Create(TimeProvider.System), "benchmark", BatchDefaults.Empty);
        await new PostgresBatchStore(database.DataSource).ImportAsync(batch, SampleItems.Take(items), CancellationToken.None);
        while (await database.ScalarAsync<bool>($"select finished_at is null from batch where id = '{batch.Id}'")) await Task.Delay(50);
        if (await database.ScalarAsync<string>($"select state from batch where id = '{batch.Id}'") != "completed") throw new InvalidOperationException("Not all items succeeded.");
        return await database.ScalarAsync<double>(
            $"select extract(epoch from max(finished_at) - min(started_at))::double precision from attempt where batch_id = '{batch.Id}'");
    }
}
