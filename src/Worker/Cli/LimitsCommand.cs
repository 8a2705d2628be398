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
        Shows the limits of each limits group, a dimension a line: configured here, learned from the service, and used by all workers in the last minute.

        Examples:
          darkroom limits
          darkroom limits --watch
          darkroom limits --json
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Create(CliContext context)
    {
        var command = new Command("limits", Description);
        var watch = new Option<bool>("--watch") { Description = "Show them again every second, until stopped." };
        var json = CommonOptions.Json();
        command.Add(watch);
        command.Add(json);
        var server = ServerFlags.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            await using var desk = await server.OpenAsync(context, parsed);
            while (true)
            {
                var now = await desk.Get<ILimitDesk>().ReadAsync(context.Signals.Stop);
                if (parsed.GetValue(json)) await context.Output.WriteLineAsync(new JsonArray([.. now.Select(line => JsonSerializer.SerializeToNode(line, ClientJson.Options))]).ToJsonString());
                else Write(context.OutputConsole, now, clear: parsed.GetValue(watch) && !Console.IsOutputRedirected);
                if (!parsed.GetValue(watch)) return ExitCodes.Success;
                await Task.Delay(Pause, context.Time, context.Signals.Stop);
            }
        });
        return command;
    }

    private static void Write(IAnsiConsole console, IReadOnlyList<LimitStateShape> lines, bool clear)
    {
        if (clear) console.Clear();
        var table = new Table().Border(TableBorder.Simple).AddColumns("group", "limit of");
        foreach (var column in new[] { "configured", "learned", "used last minute", "next in", "refused", "in flight" }) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var state in lines)
        {
            table.AddRow(
                new Text(state.Group), new Text(state.Dimension), new Text(Number(state.ConfiguredPerMinute)),
                new Text(state.LearnedFrom is null ? "–" : $"{Number(state.LearnedPerMinute)} ({state.LearnedFrom})"), new Text(Number(state.UsedLastMinute)),
                new Text(state.NextInSeconds > 0 ? $"{state.NextInSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s" : "now"),
                new Text(Number(state.ThrottledLastMinute) + (state.SlowedTo < 1 ? $", slowed to {state.SlowedTo.ToString("P0", CultureInfo.InvariantCulture)}" : "")),
                new Text(state.InFlight == 0 ? "–" : state.InFlight.ToString(CultureInfo.InvariantCulture)));
        }

        console.Write(table);
    }

    private static string Number(double? number) => number is { } value ? value.ToString("#,0.##", CultureInfo.InvariantCulture) : "–";
}
