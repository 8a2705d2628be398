using System.CommandLine;
using Darkroom.Jobs.Estimates;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom validate</c>.</summary>
internal static class ValidateCommand
{
    private const string Description = """
        Checks a manifest like run and submit and lists all problems and warnings. Sends nothing, stores nothing, needs no database and no key.

        Examples:
          darkroom validate catalogue.jsonl --model gpt-image-2
          darkroom validate catalogue.csv --prompt "Remove the background" --json
        """;

    public static Command Create(CliContext context) => ReadingCommand.Create(context, "validate", Description, async (estimate, json) =>
    {
        if (json) await context.Output.WriteLineAsync(EstimateJson.Validation(estimate).ToJsonString());
        else Write(context.Output, estimate);
    });

    private static void Write(TextWriter output, ManifestEstimate estimate)
    {
        foreach (var problem in estimate.Problems) output.WriteLine(problem);
        if (estimate.ProblemCount > estimate.Problems.Count) output.WriteLine($"… and {estimate.ProblemCount - estimate.Problems.Count} more.");
        foreach (var warning in estimate.Warnings) output.WriteLine($"warning: {EstimateView.Describe(warning)}");
        var items = $"{estimate.Total.Items} item{(estimate.Total.Items == 1 ? "" : "s")}";
        output.WriteLine(estimate.ProblemCount == 0 ? $"{items}, no problems." : $"{items} in order, {estimate.ProblemCount} problem{(estimate.ProblemCount == 1 ? "" : "s")}.");
    }
}
