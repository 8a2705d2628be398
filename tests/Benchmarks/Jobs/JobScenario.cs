using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Darkroom.Benchmarks.Common;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Schedules;
using Darkroom.Worker.Hangfire;
using Hangfire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Darkroom.Benchmarks.Jobs;

/// <summary>How soon the job of a batch starts, as the product sets Hangfire up; and, as the baseline, what a job per item would cost: enqueued one by one, run as no-ops.</summary>
internal static class JobScenario
{
    /// <summary>Runs the scenario.</summary>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var (batches, jobs) = (arguments.Number("--batches", 30), arguments.Number("--jobs", 500));
        await using var database = await BenchDatabase.CreateAsync();
        var handler = new StampingHandler();
        using var host = Compose(database.ConnectionString, handler);
        await host.StartAsync();
        var client = host.Services.GetRequiredService<IBackgroundJobClientV2>();
        await StartAsync(client, handler, "warm-up");
        var starts = new List<double>();
        for (var batch = 1; batch <= batches; batch++) starts.Add((await StartAsync(client, handler, Name("batch", batch))).TotalMilliseconds);

        var began = Stopwatch.GetTimestamp();
        for (var job = 0; job < jobs; job++) await BatchSweep.EnqueueAsync(client, Name("item", job), 5, CancellationToken.None);
        var queued = Stopwatch.GetElapsedTime(began);
        while (handler.Ended < 1 + batches + jobs) await Task.Delay(10);
        var all = Stopwatch.GetElapsedTime(began);
        await host.StopAsync();

        starts.Sort();
        var slow = starts[(int)(starts.Count * 0.95)];
        Report.Row("jobs", $"start of a batch's job: median {Report.Median(starts):0} ms, 95th percentile {slow:0} ms ({batches} jobs, one after another)");
        Report.Row("  a job per item", $"enqueued {jobs / queued.TotalSeconds:0}/s, enqueued and run {jobs / all.TotalSeconds:0}/s ({jobs} no-ops)");
        Report.Json(new
        {
            Scenario = "jobs",
            Batches = batches,
            Jobs = jobs,
            StartMedianMs = Math.Round(Report.Median(starts)),
            StartP95Ms = Math.Round(slow),
            EnqueuedPerSecond = Math.Round(jobs / queued.TotalSeconds),
            RunPerSecond = Math.Round(jobs / all.TotalSeconds),
        });
        return 0;
    }

    private static string Name(string kind, int number) => $"{kind}-{number.ToString(CultureInfo.InvariantCulture)}";

    private static async Task<TimeSpan> StartAsync(IBackgroundJobClientV2 client, StampingHandler handler, string batch)
    {
        var began = Stopwatch.GetTimestamp();
        var started = handler.Expect(batch);
        await BatchSweep.EnqueueAsync(client, batch, 5, CancellationToken.None);
        return Stopwatch.GetElapsedTime(began, await started);
    }

    private static IHost Compose(string connectionString, StampingHandler handler)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton<IBatchJob>(handler);
        builder.Services.AddSingleton<IScheduleHandler>(handler);
        builder.Services.AddHangfireJobs(connectionString, new WorkerOptions(), new HangfireTimings());
        return builder.Build();
    }

    private sealed class StampingHandler : IBatchJob, IScheduleHandler
    {
        private readonly ConcurrentDictionary<string, TaskCompletionSource<long>> _expected = new(StringComparer.Ordinal);
        private int _ended;

        public int Count => 0;

        public int Ended => Volatile.Read(ref _ended);

        public Task<long> Expect(string batch) => _expected.GetOrAdd(batch, _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public Task<Batch?> RunAsync(string batchId, CancellationToken cancellationToken)
        {
            var now = Stopwatch.GetTimestamp();
            if (_expected.TryGetValue(batchId, out var expected)) expected.TrySetResult(now);
            Interlocked.Increment(ref _ended);
            return Task.FromResult<Batch?>(null);
        }

        public Task<bool> FireAsync(string name, CancellationToken cancellationToken) => Task.FromResult(true);
    }
}
