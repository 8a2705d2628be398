using System.CommandLine;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Waits;
using Darkroom.Worker.Progress;
using Spectre.Console;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom list</c>.</summary>
internal static class ListCommand
{
    public static Command Create(CliContext context)
    {
        var command = new Command("list", "Lists the newest batches.\n\nExamples:\n  darkroom list\n  darkroom list --limit 5 --json");
        var limit = new Option<int>("--limit") { Description = "How many to show.", DefaultValueFactory = _ => 20 };
        var json = CommonOptions.Json();
        limit.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, out var count) || count < 1))
                result.AddError($"--limit must be a whole number from 1, not '{result.Tokens[0].Value}'.");
        });
        command.Add(limit);
        command.Add(json);
        var server = ServerFlags.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            await using var desk = await server.OpenAsync(context, parsed);
            var batches = await desk.Batches.ListAsync(parsed.GetValue(limit), context.Signals.Stop);
            var waits = await desk.Get<IWaits>().GetAsync([.. batches.Select(status => status.Batch.Id)], context.Signals.Stop);
            if (parsed.GetValue(json)) await context.Output.WriteLineAsync(new JsonArray([.. batches.Select(status => Json(status, waits))]).ToJsonString());
            else Write(context.OutputConsole, batches, waits);
            return ExitCodes.Success;
        });
        return command;
    }

    private static JsonObject Json(BatchStatus status, IReadOnlyDictionary<string, IReadOnlyList<BatchWait>> waits)
    {
        var json = JsonShapes.Status(status);
        json["waits"] = JsonShapes.Waits(waits.GetValueOrDefault(status.Batch.Id) ?? []);
        return json;
    }

    private static void Write(IAnsiConsole console, IReadOnlyList<BatchStatus> batches, IReadOnlyDictionary<string, IReadOnlyList<BatchWait>> waits)
    {
        if (batches.Count == 0)
        {
            console.WriteLine("No batches yet: darkroom run MANIFEST, or darkroom demo.");
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("batch", "state", "name");
        foreach (var column in new[] { "items", "good", "bad", "cost" }) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var status in batches)
        {
            table.AddRow(
                new Text(status.Batch.Id), new Text(status.Batch.State.ToName() + (BatchWait.Longest(waits.GetValueOrDefault(status.Batch.Id) ?? []) is { } wait ? $"\n{wait.Text}" : "")), new Text(status.Batch.Name), new Text(status.Items.Total.ToString()), new Text(status.Items.Good.ToString()),
                new Text((status.Items.Ended - status.Items.Good).ToString()), new Text(ProgressLine.Dollars(status.CostUsd, status.Unpriced)));
        }

        console.Write(table);
    }
}
