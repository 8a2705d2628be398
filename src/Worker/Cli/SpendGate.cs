using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Manifests;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Cli;

/// <summary>Shows what a manifest comes to before any of it is imported, and asks when it is much. Never asks where there is no terminal.</summary>
internal static class SpendGate
{
    private const int MostWarnings = 10;

    /// <summary>Passes a manifest, or doesn't.</summary>
    /// <returns>The batch with its estimate, its cap and its canary; and the estimate.</returns>
    /// <exception cref="InvalidManifestException">It has problems.</exception>
    /// <exception cref="CliException">It costs more than was agreed to, or nobody can be asked.</exception>
    public static async Task<(NewBatch Batch, ManifestEstimate Estimate)> PassAsync(
        CliContext context, IServiceProvider planning, ManifestFile file, NewBatch batch, Func<CostOptions, SpendConsent> consentOf)
    {
        var plan = file.Plan(planning.GetRequiredService<ManifestPlanner>(), batch.Defaults);
        var estimate = await planning.GetRequiredService<ManifestEstimator>().EstimateAsync(plan, batch.Reuse, batch.Caps, context.Signals.Stop);
        if (estimate.ProblemCount > 0) throw new InvalidManifestException(estimate.Problems, estimate.ProblemCount);
        foreach (var warning in estimate.Warnings.Take(MostWarnings)) await context.Error.WriteLineAsync($"warning: {EstimateView.Describe(warning)}");
        if (estimate.Warnings.Count > MostWarnings) await context.Error.WriteLineAsync($"… and {estimate.Warnings.Count - MostWarnings} more warnings; 'darkroom validate MANIFEST' with the same flags shows all.");
        await context.Error.WriteLineAsync($"Estimate: {EstimateView.Line(estimate)}");

        var consent = consentOf(planning.GetRequiredService<IOptions<CostOptions>>().Value);
        var decision = SpendRule.Decide(estimate, consent);
        if (decision.Verdict == SpendVerdict.Refuse) throw new CliException($"{decision.Reason} Nothing was imported.");
        if (decision.Verdict == SpendVerdict.AskIfThere && !context.Surroundings.CanAsk) await context.Error.WriteLineAsync($"warning: {decision.Reason}");
        else if (decision.Verdict != SpendVerdict.Go) await AskAsync(context, decision.Reason);
        var passed = batch with
        {
            MaxCostUsd = consent.MaxCostUsd,
            Estimate = estimate.Groups,
            Canary = consent.Canary is { } sample ? CanarySample.Choose(estimate, sample) : batch.Canary,
        };
        return (passed, estimate);
    }

    private static async Task AskAsync(CliContext context, string reason)
    {
        if (!context.Surroundings.CanAsk)
            throw new CliException($"{reason} There is no terminal to ask at: pass --yes to go on, or --max-cost USD to set a bound{(context.CommandLine is { } line ? $", as in: {line} --yes" : "")}. Nothing was imported.");
        await context.Error.WriteAsync($"{reason} Go on? [y/N] ");
        // Reading the terminal can't be canceled; a signal leaves it behind, and the program ends.
        var answer = await Task.Run(context.Surroundings.ReadLine, CancellationToken.None).WaitAsync(context.Signals.Stop);
        if (answer?.Trim().ToUpperInvariant() is not ("Y" or "YES")) throw new CliException("Not started; nothing was imported.");
    }
}
