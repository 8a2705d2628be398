using Darkroom.Worker.Machine;

namespace Darkroom.Worker.Tests.Processes;

/// <summary>Surroundings of a command that runs in the tests' own process: no terminal, and an environment that holds nothing of ours but what a test gives.</summary>
internal static class TestSurroundings
{
    private static readonly Dictionary<string, string?> Nothing = new(StringComparer.Ordinal);

    /// <summary>For a command line that isn't run, or whose output nobody reads.</summary>
    public static CommandSurroundings In(string folder, StopSignals? signals = null) => Create(folder, Nothing, TextWriter.Null, TextWriter.Null, signals ?? new StopSignals());

    /// <summary>For a command whose output is looked at. Its standard input is empty.</summary>
    public static CommandSurroundings Create(string folder, IReadOnlyDictionary<string, string?> environment, TextWriter output, TextWriter error, StopSignals signals) => new()
    {
        Folder = folder,
        Variables = environment.Where(variable => variable.Value is not null).ToDictionary(variable => variable.Key, variable => variable.Value!, StringComparer.Ordinal),
        OpenInput = () => Stream.Null,
        ReadLine = () => null,
        Output = output,
        Error = error,
        IsInputTerminal = false,
        IsOutputTerminal = false,
        IsErrorTerminal = false,
        Signals = signals,
    };
}
