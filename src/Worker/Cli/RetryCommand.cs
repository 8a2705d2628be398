using System.CommandLine;
using Darkroom.Jobs.Batches;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom retry</c>.</summary>
internal static class RetryCommand
{
    private static readonly ItemState[] Retryable = [ItemState.Failed, ItemState.Held, ItemState.Rejected];

    public static Command Create(CliContext context)
    {
        var command = new Command("retry", "Puts items that didn't succeed back to pending, with fresh attempts; the rest stays as it is.\n\nExamples:\n  darkroom retry 20261122-k7f3q9\n  darkroom retry 20261122-k7f3q9 --state failed,held,rejected");
        var batch = CommonOptions.Batch();
        var states = new Option<string>("--state") { Description = "Which: failed, held, rejected, separated by commas.", DefaultValueFactory = _ => "failed" };
        var json = CommonOptions.Json();
        command.Add(batch);
        command.Add(states);
        command.Add(json);
        var server = ServerFlags.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var id = parsed.GetRequiredValue(batch);
            var wanted = Read(parsed.GetRequiredValue(states));
            await using var desk = await server.OpenAsync(context, parsed);
            var result = await desk.Batches.RetryAsync(id, wanted, desk.By, context.Signals.Stop);
            return await ActionCommands.ReportAsync(context, id, result, "put back", parsed.GetValue(json));
        });
        return command;
    }

    private static List<ItemState> Read(string text)
    {
        var states = new List<ItemState>();
        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var state = Array.Find(Retryable, state => state.ToName() == name);
            if (state == default) throw new CliException($"--state takes {string.Join(", ", Retryable.Select(s => s.ToName()))}, not '{name}'.");
            states.Add(state);
        }

        return states;
    }
}
