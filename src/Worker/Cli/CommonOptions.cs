using System.CommandLine;

namespace Darkroom.Worker.Cli;

/// <summary>Options and arguments that many commands have.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Print machine-readable output on stdout." };

    public static Argument<string> Batch() => new("BATCH") { Description = "The batch id, as printed by submit and list." };

    /// <summary>The error for a batch that isn't there.</summary>
    public static CliException NoSuchBatch(string id) => new($"There is no batch {id}. 'darkroom list' shows those that there are.");
}
