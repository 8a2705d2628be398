using System.Runtime.InteropServices;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Scratch;

namespace Darkroom.Worker.Machine;

/// <summary>What a command that works needs of the machine: file descriptors, and a folder for temporary files that takes some.</summary>
internal static class MachineCheck
{
    // Measured: a worker without work has 150 open. Two pools of 30 connections to the database come on top.
    private const int DescriptorsAtRest = 220;
    // Below this no command can load all of its own files.
    private const int DescriptorsAtLeast = 256;
    // A call has its connection, a file of its source and one of its answer.
    private const int DescriptorsOfCall = 3;
    // Below this a worker is about to stop taking connections.
    private const int DescriptorsLeft = 32;
    private const int ProbeBytes = 64 * 1024;

    /// <summary>
    /// Says why no command can run at all, or null. Asked before anything else: with few descriptors the runtime can't open the program's own files, and what it
    /// says then helps nobody.
    /// </summary>
    public static string? FindStartFault() => Descriptors() is { } allowed && allowed < DescriptorsAtLeast
        ? $"This process may open {allowed} files, and Darkroom needs at least {DescriptorsAtLeast}. Raise the limit, for example with ulimit -n 1024."
        : null;

    /// <summary>Writes a line to stderr without the console's own files, which can't be opened where descriptors are few.</summary>
    public static void Tell(string fault)
    {
        var line = System.Text.Encoding.UTF8.GetBytes(fault + "\n");
        _ = Write(2, line, line.Length);
    }

    /// <summary>Checks all of it at the start.</summary>
    /// <exception cref="MachineException">Something is missing; the message says what, and how to mend it.</exception>
    public static void Require(WorkerOptions options)
    {
        var needed = DescriptorsAtRest + (ulong)options.MaxInFlight * DescriptorsOfCall;
        if (Descriptors() is { } allowed && allowed < needed)
        {
            throw new MachineException(
                $"This process may open {allowed} files, and Worker__MaxInFlight={options.MaxInFlight} needs {needed}. Raise the limit (ulimit -n {needed}; LimitNOFILE of systemd), "
                + "or lower Worker__MaxInFlight.");
        }

        if (FindTemporaryFault() is { } fault) throw new MachineException(fault);
    }

    /// <summary>Says what is missing by now, or null.</summary>
    public static string? FindFault()
    {
        if (FindTemporaryFault() is { } fault) return fault;
        if (Descriptors() is not { } allowed || !Directory.Exists(OpenFiles)) return null;
        var open = (ulong)Directory.EnumerateFileSystemEntries(OpenFiles).Count();
        return open + DescriptorsLeft > allowed ? $"{open} files are open, and this process may open {allowed} (ulimit -n)" : null;
    }

    private static string OpenFiles => OperatingSystem.IsLinux() ? "/proc/self/fd" : "/dev/fd";

    /// <summary>Says why the folder for temporary files takes none, or null.</summary>
    public static string? FindTemporaryFault()
    {
        try
        {
            using var file = ScratchFile.Create(bufferSize: 0);
            file.Write(new byte[ProbeBytes]);
            file.Flush(flushToDisk: false);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"The folder for temporary files, {Path.GetTempPath()}, can't be used: {exception.Message.TrimEnd('.')}. Make room there, or set TMPDIR to a folder that can be written.";
        }
    }

    // The runtime has raised the soft limit to the hard one by now.
    private static ulong? Descriptors() =>
        !OperatingSystem.IsWindows() && GetLimit(OperatingSystem.IsLinux() ? 7 : 8, out var limit) == 0 ? limit.Soft : null;

    [DllImport("libc", EntryPoint = "getrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetLimit(int resource, out Limit limit);

    [DllImport("libc", EntryPoint = "write")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Write(int descriptor, byte[] bytes, nint count);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
