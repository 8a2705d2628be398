using System.CommandLine;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Manifests;

namespace Darkroom.Worker.Cli;

/// <summary>A command that only reads a manifest. It takes what <c>run</c> takes, so that one can be put in the other's place.</summary>
internal static class ReadingCommand
{
    /// <summary>Makes one; its exit code is 2 when the manifest has problems.</summary>
    public static Command Create(CliContext context, string name, string description, Func<ManifestEstimate, bool, Task> write)
    {
        var command = new Command(name, description);
        var flags = new SubmitFlags();
        flags.AddTo(command);
        new SpendFlags().AddTo(command);
        var json = CommonOptions.Json();
        command.Add(json);
        command.SetAction(async (parsed, _) =>
        {
            await using var planning = context.BuildPlanning();
            var batch = flags.Read(parsed, context.Folder, context.Time, planning.GetRequiredService<IConfiguration>());
            await using var file = await ManifestFile.OpenAsync(flags.Manifest(parsed), context.Surroundings, context.Signals.Stop);
            var plan = file.Plan(planning.GetRequiredService<ManifestPlanner>(), batch.Defaults);
            var estimate = await planning.GetRequiredService<ManifestEstimator>().EstimateAsync(plan, batch.Reuse, batch.Caps, context.Signals.Stop);
            await write(estimate, parsed.GetValue(json));
            return estimate.ProblemCount == 0 ? ExitCodes.Success : ExitCodes.BadInput;
        });
        return command;
    }
}
