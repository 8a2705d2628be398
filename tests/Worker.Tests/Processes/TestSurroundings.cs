using System.Text;
using Darkroom.Worker.Machine;

namespace Darkroom.Worker.Tests.Processes;

/// <summary>Surroundings of a command that runs in the tests' own process: no terminal, and an environment that holds nothing of ours but what a test gives.</summary>
internal static class TestSurroundings
{
    private static readonly Dictionary<string, string?> Nothing = new(StringComparer.Ordinal);

    /// <summary>For a command line that isn't run, or whose output nobody reads.</summary>
    public static CommandSurroundings In(string folder, StopSignals? signals = null) => Create(folder, Nothing, "", TextWriter.Null, TextWriter.Null, signals ?? new StopSignals());

    public static CommandSurroundings Create(string folder, IReadOnlyDictionary<string, string?> environment, string input, TextWriter output, TextWriter error, StopSignals signals)
    {
        var lines = new StringReader(input);
        return new CommandSurroundings
        {
            Folder = folder,
            Variables = environment.Where(variable => variable.Value is not null).ToDictionary(variable => variable.Key, variable => variable.Value!, StringComparer.Ordinal),
            OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(input)),
            ReadLine = lines.ReadLine,
            Output = output,
            Error = error,
            IsInputTerminal = false,
            IsOutputTerminal = false,
            IsErrorTerminal = false,
            Signals = signals,
        };
    }
}
