using System.Diagnostics;
using System.Text;

namespace Darkroom.Worker.Tests.Processes;

/// <summary>The real program in a process of its own, with an environment that holds nothing of ours but what a test gives.</summary>
internal sealed class DarkroomProcess : IAsyncDisposable
{
    // What a process needs to run at all; everything else could be a setting of whoever runs the tests.
    private static readonly string[] Inherited = ["PATH", "HOME", "TMPDIR", "LANG", "DOTNET_ROOT", "DOTNET_CLI_HOME", "SSL_CERT_DIR", "SSL_CERT_FILE"];

    /// <summary>The program as it was built with the tests.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "darkroom.dll");

    private readonly Process _process;
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();
    private readonly Task _reading;

    private DarkroomProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, _out), ReadAsync(process.StandardError, _error));
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What it has printed to stdout so far.</summary>
    public string Out => Read(_out);

    /// <summary>What it has printed to stderr so far.</summary>
    public string Error => Read(_error);

    public static DarkroomProcess Start(string folder, IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Program);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var kept = Inherited.Select(name => (name, Value: Environment.GetEnvironmentVariable(name))).Where(pair => pair.Value is not null).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in kept) start.Environment[name] = value;
        // No proxy for loopback, whatever the machine has; and quick starts matter more here than quick loops.
        start.Environment["NO_PROXY"] = "*";
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in environment)
            if (value is not null) start.Environment[name] = value;
        return new DarkroomProcess(Process.Start(start)!);
    }

    /// <summary>Sends a signal, such as <c>TERM</c>.</summary>
    public Task SignalAsync(string signal) => Signals.SendAsync(_process.Id, signal);

    /// <summary>Gives it a standard input and closes that.</summary>
    public async Task WriteInputAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        _process.StandardInput.Close();
    }

    /// <summary>Waits for its end; a process that doesn't end in time fails the test with what it printed.</summary>
    public async Task<CliResult> WaitAsync(TimeSpan? within = null)
    {
        using var deadline = new CancellationTokenSource(within ?? TimeSpan.FromMinutes(3));
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            await _reading;
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"darkroom {string.Join(' ', _process.StartInfo.ArgumentList.Skip(1))} hasn't ended in time.\n{Out}\n{Error}", late);
        }

        return new CliResult(_process.ExitCode, Out, Error);
    }

    /// <summary>Waits until stderr or stdout has a text.</summary>
    public Task UntilPrintedAsync(string text) => Poll.UntilAsync(
        () => Out.Contains(text, StringComparison.Ordinal) || Error.Contains(text, StringComparison.Ordinal)
            || (HasExited ? throw new InvalidOperationException($"It ended before it printed '{text}':\n{Out}\n{Error}") : false),
        $"'{text}' to be printed");

    /// <summary>Ends it without warning (SIGKILL).</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private static string Read(StringBuilder text)
    {
        lock (text) return text.ToString();
    }

    private static async Task ReadAsync(StreamReader reader, StringBuilder into)
    {
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is var count and > 0)
        {
            lock (into) into.Append(buffer, 0, count);
        }
    }
}
