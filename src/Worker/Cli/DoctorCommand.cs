using System.CommandLine;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Outputs;
using Darkroom.Worker.Doctor;
using Spectre.Console;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom doctor</c>.</summary>
internal static class DoctorCommand
{
    public static Command Create(CliContext context)
    {
        var command = new Command("doctor", "Checks configuration, database, store, key and endpoint, and says how to repair what is wrong. Spends nothing.\n\nExamples:\n  darkroom doctor\n  darkroom doctor --outputs 20261122-k7f3q9 --json");
        var outputs = new Option<string?>("--outputs") { Description = "Instead, read every stored image of this batch and compare it with its recorded hash." };
        var json = CommonOptions.Json();
        command.Add(outputs);
        command.Add(json);
        command.SetAction(async (parsed, _) =>
        {
            var findings = parsed.GetValue(outputs) is { } batch
                ? await AuditAsync(context, batch)
                : await Checkup.RunAsync(context);
            if (parsed.GetValue(json))
            {
                await context.Output.WriteLineAsync(new JsonArray([.. findings.Select(finding => (JsonNode)new JsonObject
                {
                    ["check"] = finding.Check,
                    ["ok"] = finding.IsGood,
                    ["detail"] = finding.Detail,
                    ["cure"] = finding.Cure,
                })]).ToJsonString());
            }
            else
            {
                foreach (var finding in findings)
                {
                    context.OutputConsole.MarkupLineInterpolated($"{(finding.IsGood ? "ok  " : "BAD ")} [bold]{finding.Check,-13}[/] {finding.Detail}");
                    if (finding.Cure is { } cure) context.OutputConsole.MarkupLineInterpolated($"                   → {cure}");
                }
            }

            return findings.All(finding => finding.IsGood) ? ExitCodes.Success : ExitCodes.WithErrors;
        });
        return command;
    }

    private static async Task<IReadOnlyList<Finding>> AuditAsync(CliContext context, string batch)
    {
        await using var session = await context.OpenAsync();
        await using var services = context.BuildServices(session, LogLevel.Warning);
        var batches = services.GetRequiredService<IBatchStore>();
        if (await batches.GetAsync(batch, context.Signals.Stop) is null) throw CommonOptions.NoSuchBatch(batch);
        return await new OutputAudit(batches, services.GetRequiredService<IImageStore>()).RunAsync(batch, context.Signals.Stop);
    }
}
