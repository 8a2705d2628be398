using System.Net.Sockets;

namespace Darkroom.Worker.Machine;

/// <summary>Recognizes what the operating system refuses for reasons that a person mends on the machine: a full disk, missing rights, too many open files.</summary>
internal static class MachineFaults
{
    // EMFILE, ENFILE; ENOSPC, EDQUOT of Linux and of macOS; EROFS; EACCES, EPERM.
    private static readonly int[] Descriptors = [24, 23];
    private static readonly int[] Others = [28, 122, 69, 30, 13, 1];

    /// <summary>A sentence for people, or null when the exception tells of something else.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        IOException when Descriptors.Contains(exception.HResult) => TooManyOpen(exception.Message),
        SocketException { SocketErrorCode: SocketError.TooManyOpenSockets } => TooManyOpen(exception.Message),
        // The runtime can't open its own files any more.
        FileNotFoundException or FileLoadException when MachineCheck.FindFault() is { } fault => fault,
        IOException when Others.Contains(exception.HResult) => Sentence(exception.Message),
        UnauthorizedAccessException => Sentence(exception.Message),
        { InnerException: { } inner } => Explain(inner),
        _ => null,
    };

    private static string TooManyOpen(string message) => $"{Sentence(message)} Raise the limit of open files (ulimit -n), or lower Worker__MaxInFlight.";

    private static string Sentence(string message) => $"The machine refuses: {message.TrimEnd('.')}.";
}
