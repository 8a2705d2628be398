using System.CommandLine;
using System.Text.Json.Nodes;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom submit</c>.</summary>
internal static class SubmitCommand
{
    private const string Description = """
        Queues a manifest for the workers and prints the batch id.

        Examples:
          darkroom submit catalogue.csv --prompt "Remove the background" --background transparent
          darkroom submit shoes.csv --prompt "On white" --output-name "{tag:brand}/{batch}/{id}-{n}.{ext}"
          cat rows.jsonl | darkroom submit - --prompt "Watercolour" --tag brand=acme --json
        """;

    public static Command Create(CliContext context)
    {
        var command = new Command("submit", Description);
        var flags = new SubmitFlags();
        flags.AddTo(command);
        var spend = new SpendFlags();
        spend.AddTo(command);
        var json = CommonOptions.Json();
        command.Add(json);
        var server = ServerFlags.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            if (server.Connect(parsed, context.Surroundings) is { } connected)
            {
                using var client = connected;
                var submitted = await RemoteSubmit.SubmitAsync(context, client, parsed, flags.Manifest(parsed), option => server.Has(option) || option == json, context.Signals.Stop);
                foreach (var warning in submitted.Warnings ?? []) await context.Error.WriteLineAsync($"warning: {warning}");
                return await ReportAsync(context, submitted.Batch, submitted.Items, parsed.GetValue(json));
            }

            await using var planning = context.BuildPlanning();
            var asked = flags.Read(parsed, context.Folder, context.Time, planning.GetRequiredService<IConfiguration>()) with { By = context.By };
            WebhookCheck.RequireSecret(planning, asked.WebhookUrl);
            await using var file = await ManifestFile.OpenAsync(flags.Manifest(parsed), context.Surroundings, context.Signals.Stop);
            var (batch, estimate) = await SpendGate.PassAsync(context, planning, file, asked, costs => spend.Read(parsed, costs));
            await using var session = await context.OpenAsync();
            await using var services = context.BuildServices(session, LogLevel.Warning);
            var count = await ManifestImport.ImportAsync(services, file, batch, estimate, context.Signals.Stop);
            return await ReportAsync(context, batch.Id, count, parsed.GetValue(json));
        });
        return command;
    }

    private static async Task<int> ReportAsync(CliContext context, string batch, long count, bool json)
    {
        await context.Error.WriteLineAsync($"{count} item{(count == 1 ? "" : "s")} queued; 'darkroom worker' works on them, 'darkroom watch {batch}' shows how it goes.");
        await context.Output.WriteLineAsync(json ? new JsonObject { ["batch"] = batch, ["items"] = count }.ToJsonString() : batch);
        return ExitCodes.Success;
    }
}
