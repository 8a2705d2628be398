using System.Globalization;
using Darkroom.Benchmarks.Common;

namespace Darkroom.Benchmarks.Pace;

/// <summary>How much of an allowance is used, and how many calls are refused, against a service that enforces it strictly second by second.</summary>
internal static class PaceScenario
{
    private const double AimedShare = 0.99;
    private const double AimedRefusals = 1;
    private const double MeanLatency = 2;

    /// <summary>Runs the scenario.</summary>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var (warmUp, time) = (arguments.Seconds("--warm-up", 60), arguments.Seconds("--seconds", 20));
        int[] rates = arguments.Number("--rate", int.MaxValue) is var one && one != int.MaxValue ? [one] : [600, 6000, 60_000];
        int[] counts = arguments.Number("--workers", int.MaxValue) is var many && many != int.MaxValue ? [many] : [1, 2, 4];
        var slices = !arguments.Has("--sliding");
        var figures = new List<object>();
        Report.Row("pace", $"steady state, {time.TotalSeconds:0} s each after {warmUp.TotalSeconds:0} s of warming up, limits enforced in {(slices ? "slices of a second" : "every second, wherever it begins")}, latency 2 s with a tail");
        foreach (var rate in rates)
        {
            foreach (var workers in counts) figures.Add(await WorkersAsync(rate, slices, workers, warmUp, time));
            if (!arguments.Has("--no-baselines")) figures.AddRange(await BaselinesAsync(rate, slices, warmUp / 6, time));
        }

        Report.Json(new { Scenario = "pace", AimedShare, AimedRefusalsPerThousand = AimedRefusals, Slices = slices, Runs = figures });
        return 0;
    }

    private static async Task<object> WorkersAsync(int rate, bool slices, int workers, TimeSpan warmUp, TimeSpan time)
    {
        using var folder = new BenchFolder("pace");
        await using var database = await BenchDatabase.CreateAsync();
        await using var simulator = await SimulatorProcess.StartPacedAsync(rate, slices);
        var items = (int)(rate / 60.0 * (time + warmUp + TimeSpan.FromSeconds(20)).TotalSeconds);
        string batch;
        await using (var importer = await BenchWorker.StartAsync(database.ConnectionString, simulator, folder.Path, 1, durable: false))
            batch = await importer.ImportAsync(SampleItems.Take(items));
        // Half as much again as the mean call needs, for the long tail.
        var inFlight = Math.Max(32, (int)(rate / 60.0 * MeanLatency * 1.5 / workers) + 16);
        var processes = new List<WorkerProcess>();
        try
        {
            for (var at = 0; at < workers; at++)
                processes.Add(WorkerProcess.Start(database, simulator, folder.Path, [batch], inFlight, string.Create(CultureInfo.InvariantCulture, $"ImagesPerMinute={rate}")));
            var (share, refused, machine) = await PaceRun.MeasureAsync(simulator, rate, warmUp, time);
            Report.Aim($"  {rate} a minute, {workers} worker{(workers == 1 ? "" : "s")}", share >= AimedShare && refused <= AimedRefusals, $"{share:P2} used, {refused:0.00} refused of 1,000");
            Report.Row("", $"the machine meanwhile: CPU {machine.Cpu.Share:P0}, of which stolen {machine.Cpu.StolenShare:P0}; a bare thread woke {machine.Late99:0.0} ms late (p99), {machine.Late999:0.0} (p99.9)");
            return new
            {
                PerMinute = rate,
                Way = "darkroom",
                Workers = workers,
                Share = share,
                RefusedPerThousand = refused,
                Cpu = machine.Cpu.Share,
                Stolen = machine.Cpu.StolenShare,
                BareThreadLateMs99 = machine.Late99,
                BareThreadLateMs999 = machine.Late999,
            };
        }
        finally
        {
            foreach (var process in processes) await process.DisposeAsync();
        }
    }

    private static async Task<IEnumerable<object>> BaselinesAsync(int rate, bool slices, TimeSpan warmUp, TimeSpan time)
    {
        var figures = new List<object>();
        foreach (var (way, run) in new (string, Func<Uri, CancellationToken, Task>)[]
        {
            // The usual guess: as many as the limit and the latency together ask for.
            ("fixed concurrency, backoff", (url, token) => Baselines.FixedConcurrencyAsync(url, (int)(rate / 60.0 * MeanLatency), token)),
            ("sleep between calls", (url, token) => Baselines.SleepBetweenAsync(url, rate, token)),
        })
        {
            await using var simulator = await SimulatorProcess.StartPacedAsync(rate, slices);
            using var stop = new CancellationTokenSource();
            var running = run(simulator.BaseUrl, stop.Token);
            var (share, refused, _) = await PaceRun.MeasureAsync(simulator, rate, warmUp, time);
            await stop.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Report.Row($"  {rate} a minute, {way}", $"{share:P2} used, {refused:0.00} refused of 1,000");
            figures.Add(new { PerMinute = rate, Way = way, Share = share, RefusedPerThousand = refused });
        }

        return figures;
    }
}
