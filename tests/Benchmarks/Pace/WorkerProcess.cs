using System.Diagnostics;
using System.Globalization;
using Darkroom.Benchmarks.Common;

namespace Darkroom.Benchmarks.Pace;

/// <summary>A worker in a process of its own, as several of them share an account. It works until its standard input ends.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    /// <summary>The hidden argument that makes this program a worker.</summary>
    public const string Command = "serve-worker";

    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    /// <summary>Starts one.</summary>
    /// <param name="database">The database.</param>
    /// <param name="simulator">The endpoint.</param>
    /// <param name="folder">Where images go.</param>
    /// <param name="batches">What it works on.</param>
    /// <param name="maxInFlight">Calls at once.</param>
    /// <param name="limit">A setting of the default limits group, such as <c>ImagesPerMinute=600</c>.</param>
    public static WorkerProcess Start(BenchDatabase database, SimulatorProcess simulator, string folder, IEnumerable<string> batches, int maxInFlight, string limit)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) is "dotnet") start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (var argument in (string[])[
            Command, "--database", database.ConnectionString, "--url", simulator.BaseUrl.ToString(), "--folder", folder, "--batches", string.Join(',', batches),
            "--in-flight", maxInFlight.ToString(CultureInfo.InvariantCulture), "--limit", limit]) start.ArgumentList.Add(argument);
        return new WorkerProcess(Process.Start(start) ?? throw new InvalidOperationException("The worker's process didn't start."));
    }

    /// <summary>The body of <see cref="Command"/>.</summary>
    public static async Task<int> ServeAsync(Arguments arguments)
    {
        var limit = arguments.Text("--limit").Split('=');
        await using var worker = await BenchWorker.StartAsync(
            arguments.Text("--database"), new Uri(arguments.Text("--url")), arguments.Text("--folder"), arguments.Number("--in-flight", 64), durable: false,
            [new($"Limits:Default:{limit[0]}", limit[1])]);
        using var stop = new CancellationTokenSource();
        var working = worker.WorkAsync(arguments.Text("--batches").Split(','), stop.Token);
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Nothing is said to it; the end of the input is its sign to end.
        }

        await stop.CancelAsync();
        await ((Task)Task.WhenAny(working)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
