using System.Collections;

namespace Darkroom.Worker.Machine;

/// <summary>
/// What a command finds around itself: current folder, environment variables, standard streams, terminal and signals. Commands read these here and never from the
/// process, so that several commands can run in one process.
/// </summary>
public sealed record CommandSurroundings
{
    /// <summary>The absolute path of the current folder. Relative paths start here.</summary>
    public required string Folder { get; init; }

    /// <summary>The environment variables.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>Opens the standard input, for a manifest.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Waits for the answer of a person. Null at the end of the input.</summary>
    public required Func<string?> ReadLine { get; init; }

    /// <summary>Takes results. Must take writes of several threads.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Takes progress, notes, errors and logs. Must take writes of several threads.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether a person types the input.</summary>
    public required bool IsInputTerminal { get; init; }

    /// <summary>Whether a person reads the output.</summary>
    public required bool IsOutputTerminal { get; init; }

    /// <summary>Whether a person reads the error output.</summary>
    public required bool IsErrorTerminal { get; init; }

    /// <summary>The signals that end the command.</summary>
    public required StopSignals Signals { get; init; }

    /// <summary>Whether a person can be asked: the question goes to the error output.</summary>
    public bool CanAsk => IsInputTerminal && IsErrorTerminal;

    /// <summary>The surroundings of this process.</summary>
    public static CommandSurroundings OfProcess(StopSignals signals) => new()
    {
        Folder = Directory.GetCurrentDirectory(),
        Variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(
            entry => (string)entry.Key, entry => (string?)entry.Value ?? "", OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal),
        OpenInput = Console.OpenStandardInput,
        ReadLine = Console.ReadLine,
        Output = Console.Out,
        Error = Console.Error,
        IsInputTerminal = !Console.IsInputRedirected,
        IsOutputTerminal = !Console.IsOutputRedirected,
        IsErrorTerminal = !Console.IsErrorRedirected,
        Signals = signals,
    };

    /// <summary>An environment variable, or null where it isn't set or is empty.</summary>
    public string? Variable(string name) => Variables.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>A path as it is meant in the current folder, absolute.</summary>
    public string PathOf(string path) => Path.GetFullPath(path, Folder);
}
