using Darkroom.Benchmarks.Common;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Manifests;
using Darkroom.Storage.Postgres;

namespace Darkroom.Benchmarks.Scale;

/// <summary>One, two and four real workers on one database and one simulator without limits: items a second from the first call to the end, and what the machine did meanwhile.</summary>
internal static class ScaleScenario
{
    private const double Full = 0.9;

    /// <summary>Runs the scenario.</summary>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var (items, bytes) = (arguments.Number("--items", 6000), arguments.Number("--kilobytes", 16) * 1024);
        using var folder = new BenchFolder("scale");
        await using var database = await BenchDatabase.CreateAsync();
        await using var simulator = await SimulatorProcess.StartAsync(bytes, TimeSpan.Zero);
        var figures = new List<object>();
        Report.Row("scale", $"{items} items a run, {bytes / 1024} KB, {Environment.ProcessorCount} cores for workers, simulator and database together");
        foreach (var workers in (int[])[1, 2, 4])
        {
            await using var pool = await WorkerPool.StartAsync(workers, database, simulator, folder.Path);
            // The first batch warms them up and doesn't count.
            await RunBatchAsync(database, items / 4);
            var (cpuBefore, workersBefore) = (CpuUse.Read(), pool.CpuTime);
            var seconds = await RunBatchAsync(database, items);
            var cpu = CpuUse.Read().Since(cpuBefore);
            var own = (pool.CpuTime - workersBefore).TotalSeconds / seconds / Environment.ProcessorCount;
            var bottleneck = cpu.Share >= Full ? "CPU of this machine" : (double)cpu.Waiting / cpu.All > 0.3 ? "disk" : "waiting (latency, locks)";
            Report.Row($"  {workers} worker{(workers == 1 ? "" : "s")}", $"{items / seconds,7:0}/s   machine's CPU {cpu.Share:0%}, of which workers {own:0%}   bottleneck: {bottleneck}");
            figures.Add(new { Workers = workers, PerSecond = Math.Round(items / seconds), CpuShare = Math.Round(cpu.Share, 2), WorkersShare = Math.Round(own, 2), Bottleneck = bottleneck });
        }

        Report.Json(new { Scenario = "scale", Items = items, ImageBytes = bytes, Cores = Environment.ProcessorCount, Runs = figures });
        return 0;
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
