using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Darkroom.Worker.Client;
using Darkroom.Worker.Client.Shapes;
using Darkroom.Worker.Limits;
using Spectre.Console;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom limits</c>.</summary>
internal static class LimitsCommand
{
    private const string Description = """
        Shows each limits group, one line per dimension: the configured limit, the learned limit, and what all workers used in the last minute.

        Examples:
          darkroom limits
          darkroom limits --watch
          darkroom limits --json
          darkroom limits --forget                drops what was learned at this endpoint
          darkroom limits --forget gpt-image      of one limits group
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Create(CliContext context)
    {
        var command = new Command("limits", Description);
        var watch = new Option<bool>("--watch") { Description = "Refresh every second until stopped." };
        var json = CommonOptions.Json();
        var forget = new Option<string?>("--forget")
        {
            Description = "Forget what was learned about GROUP, or all groups, at the configured endpoint and key: limits, waits and slow-downs.",
            HelpName = "GROUP",
            Arity = ArgumentArity.ZeroOrOne,
        };
        command.Add(watch);
        command.Add(forget);
        command.Add(json);
        var server = ServerFlags.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            if (parsed.GetResult(forget) is not null && parsed.GetValue(watch)) throw new CliException("--forget and --watch don't go together.");
            await using var desk = await server.OpenAsync(context, parsed);
            if (parsed.GetResult(forget) is not null) return await ForgetAsync(context, desk, parsed.GetValue(forget), parsed.GetValue(json));
            while (true)
            {
                var now = await desk.Get<ILimitDesk>().ReadAsync(context.Signals.Stop);
                if (parsed.GetValue(json)) await context.Output.WriteLineAsync(new JsonArray([.. now.Select(line => JsonSerializer.SerializeToNode(line, ClientJson.Options))]).ToJsonString());
                else Write(context.OutputConsole, now, clear: parsed.GetValue(watch) && context.Surroundings.IsOutputTerminal);
                if (!parsed.GetValue(watch)) return ExitCodes.Success;
                await Task.Delay(Pause, context.Time, context.Signals.Stop);
            }
        });
        return command;
    }

    private static async Task<int> ForgetAsync(CliContext context, Desk desk, string? group, bool json)
    {
        ForgottenLimitsShape forgotten;
        try
        {
            forgotten = await desk.Get<ILimitDesk>().ForgetAsync(group, desk.By, context.Signals.Stop);
        }
        catch (UnknownLimitsGroupException unknown)
        {
            throw new CliException($"--forget: {unknown.Message}.");
        }

        if (json) await context.Output.WriteLineAsync(JsonSerializer.Serialize(forgotten, ClientJson.Options));
        else
        {
            foreach (var line in forgotten.Forgotten) await context.Output.WriteLineAsync($"Forgot {Describe(line)}, learned of {forgotten.Endpoint} (key {forgotten.Key}).");
            if (forgotten.Forgotten.Count == 0)
                await context.Output.WriteLineAsync($"Nothing was learned of {forgotten.Endpoint} (key {forgotten.Key}){(group is null ? "" : $" for {group}")}: nothing to forget.");
        }

        return ExitCodes.Success;
    }

    private static string Describe(ForgottenLimitShape line) => $"{line.Group}: " + string.Join(", ", new[]
    {
        line.LearnedPerMinute is { } limit ? $"{Number(limit)} {line.Dimension.Replace('_', ' ')} ({line.LearnedFrom})" : null,
        line.HeldSeconds > 0 ? $"a hold of {line.HeldSeconds.ToString("0", CultureInfo.InvariantCulture)} s" : null,
        line.SlowedTo < 1 ? $"a slow-down to {line.SlowedTo.ToString("P0", CultureInfo.InvariantCulture)}" : null,
    }.OfType<string>());

    private static void Write(IAnsiConsole console, IReadOnlyList<LimitStateShape> lines, bool clear)
    {
        if (clear) console.Clear();
        var table = new Table().Border(TableBorder.Simple).AddColumns("group", "endpoint", "limit of");
        foreach (var column in new[] { "configured", "learned", "used last minute", "next in", "refused", "in flight" }) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var state in lines)
        {
            table.AddRow(
                new Text(state.Group), new Text(Endpoint(state)), new Text(state.Dimension), new Text(Number(state.ConfiguredPerMinute)),
                new Text(state.LearnedFrom is null ? "–" : $"{Number(state.LearnedPerMinute)} ({state.LearnedFrom})"), new Text(Number(state.UsedLastMinute)),
                new Text(state.NextInSeconds > 0 ? $"{state.NextInSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s" : "now"),
                new Text(Number(state.ThrottledLastMinute) + (state.SlowedTo < 1 ? $", slowed to {state.SlowedTo.ToString("P0", CultureInfo.InvariantCulture)}" : "")),
                new Text(state.InFlight == 0 ? "–" : state.InFlight.ToString(CultureInfo.InvariantCulture)));
        }

        console.Write(table);
    }

    private static string Endpoint(LimitStateShape state) => state.Endpoint is null ? "–" : $"{state.Endpoint} (key {state.Key}{(state.InForce ? "" : ", not used here")})";

    private static string Number(double? number) => number is { } value ? value.ToString("#,0.##", CultureInfo.InvariantCulture) : "–";
}
