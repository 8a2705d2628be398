using System.CommandLine;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Batches;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom pause | resume | cancel | approve</c>.</summary>
internal static class ActionCommands
{
    public static IEnumerable<Command> Create(CliContext context) =>
    [
        Create(context, "pause", BatchAction.Pause, "Pauses a batch: nothing more is sent, calls in flight finish."),
        Create(context, "resume", BatchAction.Resume, "Continues a paused or halted batch where it stopped."),
        Create(context, "cancel", BatchAction.Cancel, "Cancels a batch for good; calls in flight finish."),
        Create(context, "approve", BatchAction.Approve, "Starts a batch that waits for approval."),
    ];

    /// <summary>Prints what came of an action.</summary>
    /// <param name="context">Where to print.</param>
    /// <param name="id">The batch.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="changed">What became of the items that changed, such as <c>put back</c>; null where the result's note says it.</param>
    /// <param name="json">Whether to print JSON.</param>
    /// <param name="lookedFor">The states that a retry looked for; null for other actions.</param>
    internal static async Task<int> ReportAsync(CliContext context, string id, BatchActionResult result, string? changed, bool json, IReadOnlyList<ItemState>? lookedFor = null)
    {
        if (!result.Found) throw CommonOptions.NoSuchBatch(id);
        if (result.Refusal is { } refusal) throw new CliException(refusal);
        if (json) await context.Output.WriteLineAsync(Json(id, result, lookedFor).ToJsonString());
        else
            await context.Output.WriteLineAsync(
                $"Batch {id} is {result.State.ToName()}{(changed is null ? "" : $"; {result.Items} items {changed}")}.{(result.Note is { } note ? $" {note}" : "")}");
        return ExitCodes.Success;
    }

    private static JsonObject Json(string id, BatchActionResult result, IReadOnlyList<ItemState>? lookedFor)
    {
        var json = new JsonObject { ["batch"] = id, ["state"] = result.State.ToName(), ["items"] = result.Items };
        if (result.Note is { } note) json["note"] = note;
        if (lookedFor is not null) json["looked_for"] = new JsonArray([.. lookedFor.Select(state => (JsonNode)state.ToName())]);
        if (result.Counts is { } counts) json["counts"] = JsonShapes.Counts(counts);
        return json;
    }

    private static Command Create(CliContext context, string name, BatchAction action, string description)
    {
        var command = new Command(name, $"{description}\n\nExamples:\n  darkroom {name} 20261122-k7f3q9");
        var batch = CommonOptions.Batch();
        var json = CommonOptions.Json();
        var maxCost = new Option<decimal?>("--max-cost") { Description = "The batch's new budget in USD, including what it has already cost." };
        command.Add(batch);
        command.Add(json);
        if (action is BatchAction.Resume or BatchAction.Approve) command.Add(maxCost);
        var server = ServerFlags.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var id = parsed.GetRequiredValue(batch);
            await using var desk = await server.OpenAsync(context, parsed);
            if (action is BatchAction.Resume or BatchAction.Approve && parsed.GetValue(maxCost) is { } cap)
            {
                if (cap <= 0) throw new CliException($"--max-cost must be above 0, not {cap}.");
                await desk.Batches.SetMaxCostAsync(id, cap, desk.By, context.Signals.Stop);
            }

            var result = await desk.Batches.ApplyAsync(id, action, desk.By, context.Signals.Stop);
            return await ReportAsync(context, id, result, action == BatchAction.Cancel ? "canceled" : null, parsed.GetValue(json));
        });
        return command;
    }
}
