using System.CommandLine;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Manifests.Planning;
using Darkroom.Worker.Items;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom retry</c>.</summary>
internal static class RetryCommand
{
    private const string Description = """
        Tries items that did not succeed again, with fresh attempts.
        --item picks one item and may change its prompt. With --again even an item that succeeded is made, and paid for, again.

        Examples:
          darkroom retry 20261122-k7f3q9
          darkroom retry 20261122-k7f3q9 --state failed,held,rejected
          darkroom retry 20261122-k7f3q9 --item SKU-1 --prompt "Put the mug on white"
          darkroom retry 20261122-k7f3q9 --item SKU-1 --again --note "Leave out the shadow"
        """;

    public static Command Create(CliContext context)
    {
        var command = new Command("retry", Description);
        var batch = CommonOptions.Batch();
        var states = new Option<string?>("--state") { Description = "States to retry, separated by commas: failed, held, rejected. Default: failed." };
        var item = new Option<string?>("--item") { Description = "Only this item, by its id in the manifest." };
        var prompt = new Option<string?>("--prompt") { Description = "A new prompt for the item." };
        var note = new Option<string?>("--note") { Description = "A line to append to the item's prompt." };
        var again = new Option<bool>("--again") { Description = "Make the item again even if it succeeded, and pay for it again." };
        var json = CommonOptions.Json();
        command.Add(batch);
        command.Add(states);
        command.Add(item);
        command.Add(prompt);
        command.Add(note);
        command.Add(again);
        command.Add(json);
        var server = ServerFlags.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var id = parsed.GetRequiredValue(batch);
            var retry = new ItemRetry(parsed.GetValue(prompt), parsed.GetValue(note), parsed.GetValue(again));
            if (parsed.GetValue(item) is not { } key)
            {
                if (retry != new ItemRetry(null, null, false)) throw new CliException("--prompt, --note and --again are for one item: name it with --item.");
                var wanted = Read(parsed.GetValue(states) ?? "failed");
                await using var all = await server.OpenAsync(context, parsed);
                var result = await all.Batches.RetryAsync(id, wanted, all.By, context.Signals.Stop);
                return await ActionCommands.ReportAsync(context, id, result, "put back", parsed.GetValue(json), wanted);
            }

            if (parsed.GetValue(states) is not null) throw new CliException("--state and --item don't go together: an item is retried whatever it ended as.");
            await using var desk = await server.OpenAsync(context, parsed);
            return await ActionCommands.ReportAsync(context, id, await RetryAsync(desk, id, key, retry, context), "put back", parsed.GetValue(json));
        });
        return command;
    }

    private static async Task<BatchActionResult> RetryAsync(Desk desk, string id, string key, ItemRetry retry, CliContext context)
    {
        try
        {
            var result = await desk.Items.RetryAsync(id, key, retry, desk.By, context.Signals.Stop);
            return result.Found ? result : throw new CliException($"There is no item {key} in a batch {id}.");
        }
        catch (ItemRetryException fault)
        {
            throw new CliException($"--{fault.Field} {fault.Reason}.");
        }
    }

    private static List<ItemState> Read(string text)
    {
        var states = new List<ItemState>();
        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var names = RetryChoice.Possible.Select(state => state.ToName()).ToList();
            var known = RetryChoice.Possible.Where(state => state.ToName() == name).ToList();
            if (known.Count == 0) throw new CliException($"--state takes {string.Join(", ", names)}, not '{name}'{(NearestName.Hint(name, names) is { Length: > 0 } hint ? hint : ".")}");
            states.Add(known[0]);
        }

        return states;
    }
}
