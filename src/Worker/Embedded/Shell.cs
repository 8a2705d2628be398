using System.Diagnostics;

namespace Darkroom.Worker.Embedded;

/// <summary>Runs programs.</summary>
internal static class Shell
{
    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="EmbeddedPostgresException">It can't be started or fails; the message has the end of what it printed.</exception>
    public static async Task RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal)) start.Environment[name] = value;
        using var process = Start(start);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode == 0) return;
        var said = $"{await output}\n{await errors}".Trim();
        throw new EmbeddedPostgresException($"{Path.GetFileName(program)} failed with exit code {process.ExitCode}: {(said.Length > 2000 ? said[^2000..] : said)}");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new EmbeddedPostgresException($"{start.FileName} can't be started: {exception.Message}");
        }
    }
}
