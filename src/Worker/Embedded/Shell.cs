using System.Diagnostics;

namespace Darkroom.Worker.Embedded;

/// <summary>Runs programs.</summary>
internal static class Shell
{
    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it printed to stdout.</returns>
    /// <exception cref="EmbeddedPostgresException">It can't be started or fails; the message has the end of what it printed.</exception>
    public static async Task<string> RunAsync(ProcessStartInfo start, string? input, CancellationToken cancellationToken)
    {
        (start.UseShellExecute, start.RedirectStandardOutput, start.RedirectStandardError, start.RedirectStandardInput) = (false, true, true, input is not null);
        if (start.WorkingDirectory.Length == 0) start.WorkingDirectory = "/";
        using var process = Start(start);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            if (input is not null) await WriteAsync(process, input, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode == 0) return await output;
        var said = $"{await output}\n{await errors}".Trim();
        throw new EmbeddedPostgresException($"{Path.GetFileName(start.FileName)} failed with exit code {process.ExitCode}: {(said.Length > 2000 ? said[^2000..] : said)}");
    }

    private static async Task WriteAsync(Process process, string input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it had read everything: its exit code and its words tell why.
        }
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
