using System.CommandLine;
using System.Text.Json.Nodes;
using Darkroom.Worker.Doctor;
using Spectre.Console;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom doctor</c>.</summary>
internal static class DoctorCommand
{
    public static Command Create(CliContext context)
    {
        var command = new Command("doctor", "Checks configuration, database, store, key and endpoint, and says how to cure what is wrong. Spends nothing.\n\nExamples:\n  darkroom doctor\n  darkroom doctor --json");
        var json = CommonOptions.Json();
        command.Add(json);
        command.SetAction(async (parsed, _) =>
        {
            var findings = await Checkup.RunAsync(context.Folder, context.Error.WriteLine, context.Signals.Stop);
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
}
