using System.Diagnostics;
using System.Globalization;

namespace Darkroom.Worker.Tests.Engines;

/// <summary>A worker process of its own, to be killed: this test program, started with a verb. It takes lanes, says so, and never ends one.</summary>
internal sealed class EngineProcess : IDisposable
{
    private const string Verb = "engine-node";
    private const string Address = "DARKROOM_TEST_ENGINE_DATABASE";
    private readonly Process _process;

    private EngineProcess(Process process) => _process = process;

    /// <summary>Whether this process was started as such a worker.</summary>
    public static bool IsMeant(string[] args) => args is [Verb, _];

    /// <summary>The worker's main program: runs until its input ends.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var handler = new RecordingHandler
        {
            OnLane = async (lane, token) =>
            {
                await Console.Out.WriteLineAsync($"lane {lane.ToString(CultureInfo.InvariantCulture)}");
                await Task.Delay(Timeout.Infinite, token);
            },
        };
        await using var node = new EngineNode(args[1], Environment.GetEnvironmentVariable(Address)!, handler);
        await node.StartAsync();
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <summary>Starts a worker.</summary>
    public static EngineProcess Start(string kind, string connectionString)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(EngineProcess).Assembly.Location);
        start.ArgumentList.Add(Verb);
        start.ArgumentList.Add(kind);
        start.Environment[Address] = connectionString;
        return new EngineProcess(Process.Start(start)!);
    }

    /// <summary>Waits for the worker's next line.</summary>
    public Task<string?> ReadLineAsync() => _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(40));

    /// <summary>Ends it without warning (SIGKILL).</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
