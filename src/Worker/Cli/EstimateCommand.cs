using System.CommandLine;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom estimate</c>.</summary>
internal static class EstimateCommand
{
    private const string Description = """
        Estimates a manifest: calls, tokens and cost (expected and worst case), and the time it takes at the configured limits. Spends nothing, needs no database and no key.

        Examples:
          darkroom estimate catalogue.jsonl --model gpt-image-2 --quality high
          Limits__Default__ImagesPerMinute=20 darkroom estimate catalogue.csv --prompt "Remove the background" --json
        """;

    public static Command Create(CliContext context) => ReadingCommand.Create(context, "estimate", Description, async (estimate, json) =>
    {
        if (json)
        {
            await context.Output.WriteLineAsync(EstimateJson.Estimate(estimate).ToJsonString());
            return;
        }

        if (estimate.Total.Items > 0) EstimateView.Write(context.OutputConsole, estimate);
        foreach (var problem in estimate.Problems) await context.Error.WriteLineAsync(problem.ToString());
        if (estimate.ProblemCount > 0) await context.Error.WriteLineAsync($"{estimate.ProblemCount} problem{(estimate.ProblemCount == 1 ? "" : "s")}; what has one is in no number.");
    });
}
