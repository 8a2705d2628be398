using System.Collections.Concurrent;
using System.Diagnostics;
using Darkroom.Benchmarks.Common;
using Darkroom.Jobs.Lanes;
using Darkroom.Jobs.Running;
using Darkroom.Worker.Engines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Darkroom.Benchmarks.Engine;

/// <summary>How soon a queued lane starts on each engine, as the product sets it up; and, as the baseline, what a job an item would cost: queued one by one, run as no-ops.</summary>
internal static class EngineScenario
{
    /// <summary>Runs the scenario.</summary>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var (lanes, jobs) = (arguments.Number("--lanes", 30), arguments.Number("--jobs", 500));
        var figures = new List<object>();
        foreach (var kind in EngineKinds.Built)
        {
            await using var database = await BenchDatabase.CreateAsync();
            var handler = new StampingHandler();
            using var host = Compose(kind, database.ConnectionString, handler);
            await host.StartAsync();
            var engine = host.Services.GetRequiredService<IJobEngine>();
            await StartAsync(engine, handler, 1_000_000);
            var starts = new List<double>();
            for (var lane = 1; lane <= lanes; lane++) starts.Add((await StartAsync(engine, handler, lane)).TotalMilliseconds);

            var began = Stopwatch.GetTimestamp();
            for (var job = 0; job < jobs; job++) await engine.EnqueueLaneAsync(2_000_000 + job, 5, CancellationToken.None);
            var queued = Stopwatch.GetElapsedTime(began);
            while (handler.Count < 1 + lanes + jobs) await Task.Delay(10);
            var all = Stopwatch.GetElapsedTime(began);
            await host.StopAsync();

            starts.Sort();
            var slow = starts[(int)(starts.Count * 0.95)];
            Report.Row($"engine {kind}", $"lane start: median {Report.Median(starts):0} ms, 95th percentile {slow:0} ms ({lanes} lanes, one after another)");
            Report.Row("  a job an item", $"queued {jobs / queued.TotalSeconds:0}/s, queued and run {jobs / all.TotalSeconds:0}/s ({jobs} no-ops)");
            figures.Add(new { Engine = kind, StartMedianMs = Math.Round(Report.Median(starts)), StartP95Ms = Math.Round(slow), QueuedPerSecond = Math.Round(jobs / queued.TotalSeconds), RunPerSecond = Math.Round(jobs / all.TotalSeconds) });
        }

        Report.Json(new { Scenario = "engine", Lanes = lanes, Jobs = jobs, Engines = figures });
        return 0;
    }

    private static async Task<TimeSpan> StartAsync(IJobEngine engine, StampingHandler handler, long lane)
    {
        var began = Stopwatch.GetTimestamp();
        var started = handler.Expect(lane);
        await engine.EnqueueLaneAsync(lane, 5, CancellationToken.None);
        return Stopwatch.GetElapsedTime(began, await started);
    }

    private static IHost Compose(string kind, string connectionString, StampingHandler handler)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton<ILaneHandler>(handler);
        builder.Services.AddSingleton<IScheduleHandler>(handler);
        builder.Services.AddJobEngine(new EngineOptions { Kind = kind }, connectionString, new WorkerOptions());
        return builder.Build();
    }

    private sealed class StampingHandler : ILaneHandler, IScheduleHandler
    {
        private readonly ConcurrentDictionary<long, TaskCompletionSource<long>> _expected = new();
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public Task<long> Expect(long lane) => _expected.GetOrAdd(lane, _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public Task RunLaneAsync(long laneId, CancellationToken cancellationToken)
        {
            var now = Stopwatch.GetTimestamp();
            if (_expected.TryGetValue(laneId, out var expected)) expected.TrySetResult(now);
            Interlocked.Increment(ref _count);
            return Task.CompletedTask;
        }

        public Task FireAsync(string name, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
