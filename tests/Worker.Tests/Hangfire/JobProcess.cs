using System.Diagnostics;

namespace Darkroom.Worker.Tests.Hangfire;

/// <summary>A worker process of its own, to be killed: this test program, started with a verb. It takes jobs, says so, and never ends one.</summary>
internal sealed class JobProcess : IDisposable
{
    private const string Verb = "job-node";
    private const string Address = "DARKROOM_TEST_JOB_DATABASE";
    private readonly Process _process;

    private JobProcess(Process process) => _process = process;

    /// <summary>Whether this process was started as such a worker.</summary>
    public static bool IsMeant(string[] args) => args is [Verb];

    /// <summary>The worker's main program: runs until its input ends.</summary>
    public static async Task<int> RunAsync()
    {
        var handler = new RecordingHandler
        {
            OnBatch = async (batch, token) =>
            {
                await Console.Out.WriteLineAsync($"batch {batch}");
                await Task.Delay(Timeout.Infinite, token);
            },
        };
        await using var node = new JobNode(Environment.GetEnvironmentVariable(Address)!, handler);
        await node.StartAsync();
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <summary>Starts a worker.</summary>
    public static JobProcess Start(string connectionString)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(JobProcess).Assembly.Location);
        start.ArgumentList.Add(Verb);
        start.Environment[Address] = connectionString;
        return new JobProcess(Process.Start(start)!);
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
