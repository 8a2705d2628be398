using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Throttling;
using Microsoft.Extensions.Options;
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
        command.SetAction(async (parsed, _) =>
        {
            await using var session = await context.OpenAsync();
            await using var services = CliContext.BuildServices(session, LogLevel.Warning);
            var store = services.GetRequiredService<ILimitStore>();
            var groups = services.GetRequiredService<ModelBook>().Models.Select(model => model.LimitsGroup).Distinct(StringComparer.Ordinal);
            var lines = new LimitLines(services.GetRequiredService<IOptions<LimitsOptions>>().Value, [.. groups]);
            while (true)
            {
                var now = lines.Of(await store.ReadAsync(context.Signals.Stop));
                if (parsed.GetValue(json)) await context.Output.WriteLineAsync(new JsonArray([.. now.Select(Json)]).ToJsonString());
                else Write(context.OutputConsole, now, clear: parsed.GetValue(watch) && !Console.IsOutputRedirected);
                if (!parsed.GetValue(watch)) return ExitCodes.Success;
                await Task.Delay(Pause, context.Time, context.Signals.Stop);
            }
        });
        return command;
    }

    private static JsonNode Json(LimitState state) => new JsonObject
    {
        ["group"] = state.Group,
        ["dimension"] = state.Dimension,
        ["configured_per_minute"] = state.ConfiguredPerMinute,
        ["learned_per_minute"] = state.LearnedPerMinute,
        ["learned_from"] = state.LearnedFrom,
        ["learned_seconds_ago"] = state.LearnedAgo?.TotalSeconds,
        ["used_last_minute"] = Math.Round(state.UsedLastMinute, 1),
        ["next_in_seconds"] = Math.Round(state.NextIn.TotalSeconds, 3),
        ["slowed_to"] = state.Share,
        ["throttled_last_minute"] = Math.Round(state.ThrottledLastMinute, 1),
        ["in_flight"] = state.InFlight,
    };

    private static void Write(IAnsiConsole console, IReadOnlyList<LimitState> lines, bool clear)
    {
        if (clear) console.Clear();
        var table = new Table().Border(TableBorder.Simple).AddColumns("group", "limit of");
        foreach (var column in new[] { "configured", "learned", "used last minute", "next in", "refused", "in flight" }) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var state in lines)
        {
            table.AddRow(
                new Text(state.Group), new Text(state.Dimension), new Text(Number(state.ConfiguredPerMinute)),
                new Text(state.LearnedFrom is null ? "–" : $"{Number(state.LearnedPerMinute)} ({state.LearnedFrom})"), new Text(Number(state.UsedLastMinute)),
                new Text(state.NextIn > TimeSpan.Zero ? $"{state.NextIn.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s" : "now"),
                new Text(Number(state.ThrottledLastMinute) + (state.Share < 1 ? $", slowed to {state.Share.ToString("P0", CultureInfo.InvariantCulture)}" : "")),
                new Text(state.InFlight == 0 ? "–" : state.InFlight.ToString(CultureInfo.InvariantCulture)));
        }

        console.Write(table);
    }

    private static string Number(double? number) => number is { } value ? value.ToString("#,0.##", CultureInfo.InvariantCulture) : "–";
}
