using System.Diagnostics;
using Darkroom.Benchmarks.Common;

namespace Darkroom.Benchmarks.Scale;

/// <summary>Real worker processes on one database.</summary>
internal sealed class WorkerPool : IAsyncDisposable
{
    private readonly List<Process> _processes = [];

    /// <summary>CPU time of all of them.</summary>
    public TimeSpan CpuTime => _processes.Aggregate(TimeSpan.Zero, (sum, process) =>
    {
        process.Refresh();
        return sum + process.TotalProcessorTime;
    });

    /// <summary>Starts so many, and waits until each listens.</summary>
    public static async Task<WorkerPool> StartAsync(int count, BenchDatabase database, SimulatorProcess simulator, string folder)
    {
        var pool = new WorkerPool();
        for (var number = 0; number < count; number++)
        {
            var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
            foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "darkroom.dll"), "worker", "--urls", "http://127.0.0.1:0"]) start.ArgumentList.Add(argument);
            start.Environment["ConnectionStrings__Postgres"] = database.ConnectionString;
            start.Environment["OPENAI_BASE_URL"] = simulator.BaseUrl.ToString();
            start.Environment["OPENAI_API_KEY"] = "benchmark";
            start.Environment["Storage__Path"] = Path.Combine(folder, "images");
            start.Environment["Storage__Durable"] = "false";
            start.Environment["Reuse__Record"] = "false";
            start.Environment["NO_PROXY"] = "*";
            pool._processes.Add(Process.Start(start)!);
        }

        foreach (var process in pool._processes)
        {
            while (await process.StandardError.ReadLineAsync() is { } line && !line.Contains("Listening on", StringComparison.Ordinal))
            {
                // It says what it does while it starts.
            }

            // What it says later must be read, or it would block.
            _ = process.StandardError.ReadToEndAsync();
        }

        return pool;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}
