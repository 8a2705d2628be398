using System.Net;
using System.Text;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Machine;

namespace Darkroom.Worker.Tests.Processes;

/// <summary>
/// A command run in the tests' own process, which spares the second of CPU that each start of the program takes. What is killed, signalled or measured, and what the
/// runtime itself reads from the environment, needs a <see cref="DarkroomProcess"/>.
/// </summary>
internal static class DarkroomCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    // No proxy for loopback, whatever the machine has.
    static DarkroomCommand() => HttpClient.DefaultProxy = new WebProxy();

    /// <summary>Whether an environment holds what only a process can have: variables that the runtime or a library reads by itself.</summary>
    public static bool NeedsProcess(IReadOnlyDictionary<string, string?> environment) => environment.Keys.Any(name =>
        name is "HOME" or "PATH" or "TMPDIR" or "TZ" or "TZDIR" or "LANG" or "TERM" or "NO_PROXY" or "HTTP_PROXY" or "HTTPS_PROXY" or "ALL_PROXY"
        || name.StartsWith("DOTNET_", StringComparison.Ordinal) || name.StartsWith("OTEL_", StringComparison.Ordinal)
        || name.StartsWith("AZURE_", StringComparison.Ordinal) || name.StartsWith("PG", StringComparison.Ordinal) || name.StartsWith("SSL_", StringComparison.Ordinal));

    /// <summary>Runs a command to its end; one that doesn't end in time is stopped and fails the test with what it printed.</summary>
    public static async Task<CliResult> RunAsync(string folder, IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        var (output, error) = (new CapturedText(), new CapturedText());
        using var signals = new StopSignals();
        var running = Task.Run(() => DarkroomCli.RunAsync(arguments, TestSurroundings.Create(folder, environment, output, error, signals)));
        try
        {
            return new CliResult(await running.WaitAsync(Limit), output.ToString(), error.ToString());
        }
        catch (TimeoutException late)
        {
            signals.Raise();
            signals.Raise();
            await ((Task)running).WaitAsync(TimeSpan.FromSeconds(20)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new TimeoutException($"darkroom {string.Join(' ', arguments)} hasn't ended in time.\n{output}\n{error}", late);
        }
    }

    // Several threads write, and the console's encoding decides which characters tables are drawn with.
    private sealed class CapturedText : TextWriter
    {
        private readonly StringBuilder _text = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            lock (_text) _text.Append(value);
        }

        public override void Write(string? value)
        {
            lock (_text) _text.Append(value);
        }

        public override void Write(char[] buffer, int index, int count)
        {
            lock (_text) _text.Append(buffer, index, count);
        }

        public override void Write(ReadOnlySpan<char> buffer)
        {
            lock (_text) _text.Append(buffer);
        }

        public override string ToString()
        {
            lock (_text) return _text.ToString();
        }
    }
}
