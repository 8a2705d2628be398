using System.Diagnostics;
using Darkroom.Benchmarks.Common;
using Darkroom.Benchmarks.Pace;

namespace Darkroom.Benchmarks.Cold;

/// <summary>
/// Nothing is known of the limits: how long until nearly all of the real one is used, and how many calls are refused on the way. The service enforces its limit
/// second by second and tells it in its refusals only.
/// </summary>
internal static class ColdScenario
{
    private const double AimedSeconds = 60;
    private const double AimedShare = 0.95;
    private const int MeanLatency = 2;

    // Seconds on end in which so much must be used: a single good second is chance.
    private const int Span = 5;

    // What a script begins with that knows nothing: some calls at once, or one a second.
    private const int GuessedConcurrency = 16;
    private const int GuessedPerMinute = 60;

    /// <summary>Runs the scenario.</summary>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var (rate, workers) = (arguments.Number("--rate", 6000), arguments.Number("--workers", 2));
        var patience = arguments.Seconds("--seconds", AimedSeconds + 30);
        Report.Row("cold", $"limits unknown, the service has {rate} a minute second by second, {workers} workers, latency 2 s with a tail");
        var darkroom = await WorkersAsync(rate, workers, patience);
        var met = darkroom.Seconds <= AimedSeconds;
        Report.Aim($"aim {AimedSeconds} s", met, $"{AimedShare:P0} of the limit used after {Text(darkroom.Seconds)}, {darkroom.Refused} refused of {darkroom.Calls} on the way");
        var figures = new List<object> { new { Way = "darkroom", Workers = workers, darkroom.Seconds, darkroom.Refused, darkroom.Calls } };
        if (!arguments.Has("--no-baselines"))
        {
            figures.Add(await BaselineAsync("fixed concurrency, backoff", rate, patience, (url, token) => Baselines.FixedConcurrencyAsync(url, GuessedConcurrency, token)));
            figures.Add(await BaselineAsync("sleep between calls", rate, patience, (url, token) => Baselines.SleepBetweenAsync(url, GuessedPerMinute, token)));
        }

        Report.Json(new { Scenario = "cold", PerMinute = rate, AimedSeconds, AimedShare, Met = met, Runs = figures });
        return 0;
    }

    private static async Task<Found> WorkersAsync(int rate, int workers, TimeSpan patience)
    {
        using var folder = new BenchFolder("cold");
        await using var database = await BenchDatabase.CreateAsync();
        await using var simulator = await SimulatorProcess.StartPacedAsync(rate);
        string batch;
        await using (var importer = await BenchWorker.StartAsync(database.ConnectionString, simulator, folder.Path, 1, durable: false))
            batch = await importer.ImportAsync(SampleItems.Take((int)(rate / 60.0 * (patience.TotalSeconds + 20))));
        var inFlight = Math.Max(32, (int)(rate / 60.0 * MeanLatency * 1.5 / workers) + 16);
        var processes = new List<WorkerProcess>();
        try
        {
            for (var at = 0; at < workers; at++) processes.Add(WorkerProcess.Start(database, simulator, folder.Path, [batch], inFlight, "Learn=true"));
            return await WatchAsync(simulator, rate, patience);
        }
        finally
        {
            foreach (var process in processes) await process.DisposeAsync();
        }
    }

    private static async Task<object> BaselineAsync(string way, int rate, TimeSpan patience, Func<Uri, CancellationToken, Task> run)
    {
        await using var simulator = await SimulatorProcess.StartPacedAsync(rate);
        using var stop = new CancellationTokenSource();
        var running = run(simulator.BaseUrl, stop.Token);
        var found = await WatchAsync(simulator, rate, patience);
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Report.Row($"  {way}", $"{AimedShare:P0} of the limit used after {Text(found.Seconds)}, {found.Refused} refused of {found.Calls}");
        return new { Way = way, found.Seconds, found.Refused, found.Calls };
    }

    // From the first call on: starting a process isn't what is measured.
    private static async Task<Found> WatchAsync(SimulatorProcess simulator, int rate, TimeSpan patience)
    {
        var waiting = Stopwatch.StartNew();
        while (true)
        {
            var account = await simulator.AccountAsync();
            if (account.Accepted.Count > 0)
            {
                var (first, now) = (account.Accepted.Keys.Min(), TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
                if (now - Span >= first && account.Share(now - Span, now, rate) >= AimedShare) return new Found(now - Span - first, account.Throttled, account.Requests);
                if (now - first > patience.TotalSeconds) return new Found(null, account.Throttled, account.Requests);
            }
            else if (waiting.Elapsed > patience)
            {
                return new Found(null, account.Throttled, account.Requests);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250));
        }
    }

    private static string Text(double? seconds) => seconds is { } known ? FormattableString.Invariant($"{known:0} s") : "never";

    private sealed record Found(double? Seconds, long Refused, long Calls);
}
