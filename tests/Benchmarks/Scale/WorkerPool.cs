using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Darkroom.Benchmarks.Common;

namespace Darkroom.Benchmarks.Scale;

/// <summary>Real worker processes on one database.</summary>
internal sealed partial class WorkerPool : IAsyncDisposable
{
    private readonly List<Process> _processes = [];
    private readonly List<Uri> _addresses = [];

    /// <summary>Where each serves.</summary>
    public IReadOnlyList<Uri> Addresses => _addresses;

    /// <summary>The most memory that any of them has had, in bytes.</summary>
    public long PeakWorkingSet => _processes.Max(process =>
    {
        process.Refresh();
        return process.PeakWorkingSet64;
    });

    /// <summary>CPU time of all of them.</summary>
    public TimeSpan CpuTime => _processes.Aggregate(TimeSpan.Zero, (sum, process) =>
    {
        process.Refresh();
        return sum + process.TotalProcessorTime;
    });

    /// <summary>Starts so many, and waits until each listens.</summary>
    public static async Task<WorkerPool> StartAsync(int count, BenchDatabase database, SimulatorProcess simulator, string folder, int? maxInFlight = null)
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
            if (maxInFlight is { } most) start.Environment["Worker__MaxInFlight"] = most.ToString(CultureInfo.InvariantCulture);
            pool._processes.Add(Process.Start(start)!);
        }

        foreach (var process in pool._processes)
        {
            // It says what it does while it starts.
            while (await process.StandardError.ReadLineAsync() is { } line)
            {
                if (Listening().Match(line) is not { Success: true } match) continue;
                pool._addresses.Add(new Uri(match.Value));
                break;
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

    [GeneratedRegex("(?<=Listening on )http://[0-9.:]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Listening();
}
