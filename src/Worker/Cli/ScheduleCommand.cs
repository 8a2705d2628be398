using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Schedules;
using Darkroom.Worker.Client;
using Darkroom.Worker.Schedules;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom schedule</c>.</summary>
internal static class ScheduleCommand
{
    private const string Description = """
        Submits a manifest again and again, by the clock. Workers start what is due.

        Examples:
          darkroom schedule add nightly --cron "0 2 * * *" --time-zone Europe/Berlin --manifest https://shop.example/catalogue.jsonl --max-cost 40 --deadline 06:00
          darkroom schedule list
          darkroom schedule history nightly
        """;

    public static Command Create(CliContext context) => new("schedule", Description)
    {
        ScheduleAddCommand.Create(context),
        List(context),
        Run(context),
        Steer(context, "pause", "Pauses a schedule. Runs missed meanwhile are not caught up.", true),
        Steer(context, "resume", "Resumes a paused schedule, from now on.", false),
        Remove(context),
        History(context),
    };

    /// <summary>The error for a schedule that isn't there.</summary>
    internal static CliException NoSuchSchedule(string name) => new($"There is no schedule {name}. 'darkroom schedule list' shows those that there are.");

    internal static Argument<string> Name() => new("NAME") { Description = "The schedule's name." };

    private static Command List(CliContext context)
    {
        var command = new Command("list", "Lists schedules with their next runs, in their own time zone and in UTC.\n\nExamples:\n  darkroom schedule list\n  darkroom schedule list --json");
        var json = CommonOptions.Json();
        command.Add(json);
        var server = ServerFlags.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            await using var desk = await server.OpenAsync(context, parsed);
            var schedules = await desk.Get<IScheduleDesk>().ListAsync(context.Signals.Stop);
            if (parsed.GetValue(json)) await context.Output.WriteLineAsync(JsonSerializer.Serialize(schedules, ClientJson.Options));
            else ScheduleView.Write(context.OutputConsole, schedules);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Run(CliContext context)
    {
        var command = new Command("run", "Runs a schedule now, even if it is paused, and prints the batch id.\n\nExamples:\n  darkroom schedule run nightly");
        var name = Name();
        var json = CommonOptions.Json();
        command.Add(name);
        command.Add(json);
        var server = ServerFlags.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var wanted = parsed.GetRequiredValue(name);
            await using var desk = await server.OpenAsync(context, parsed, LogLevel.Critical);
            var run = await desk.Get<IScheduleDesk>().RunAsync(wanted, desk.By, context.Signals.Stop) ?? throw NoSuchSchedule(wanted);
            foreach (var warning in run.Warnings) await context.Error.WriteLineAsync($"warning: {warning}");
            foreach (var problem in run.Problems) await context.Error.WriteLineAsync(problem);
            if (run.Detail is { } detail) await context.Error.WriteLineAsync(detail);
            if (parsed.GetValue(json)) await context.Output.WriteLineAsync(new JsonObject { ["schedule"] = wanted, ["state"] = run.State, ["batch"] = run.Batch }.ToJsonString());
            else if (run.Batch is not null) await context.Output.WriteLineAsync(run.Batch);
            return run.State == ScheduleRunState.Started.ToName() || run.State == ScheduleRunState.Queued.ToName() ? ExitCodes.Success : ExitCodes.BadInput;
        });
        return command;
    }

    private static Command Steer(CliContext context, string verb, string description, bool isPaused)
    {
        var command = new Command(verb, $"{description}\n\nExamples:\n  darkroom schedule {verb} nightly");
        var name = Name();
        command.Add(name);
        var server = ServerFlags.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var wanted = parsed.GetRequiredValue(name);
            await using var desk = await server.OpenAsync(context, parsed);
            if (!await desk.Get<IScheduleDesk>().SetPausedAsync(wanted, isPaused, desk.By, context.Signals.Stop)) throw NoSuchSchedule(wanted);
            await context.Output.WriteLineAsync($"Schedule {wanted} {(isPaused ? "is paused" : "fires again")}.");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Remove(CliContext context)
    {
        var command = new Command("remove", "Removes a schedule and its history; its batches stay.\n\nExamples:\n  darkroom schedule remove nightly");
        var name = Name();
        command.Add(name);
        var server = ServerFlags.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var wanted = parsed.GetRequiredValue(name);
            await using var desk = await server.OpenAsync(context, parsed);
            if (!await desk.Get<IScheduleDesk>().RemoveAsync(wanted, desk.By, context.Signals.Stop)) throw NoSuchSchedule(wanted);
            await context.Output.WriteLineAsync($"Schedule {wanted} is removed; its batches stay.");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command History(CliContext context)
    {
        const int Most = 500;
        var command = new Command("history", "Shows the result of each run: items, changed, reused, failed, cost, duration.\n\nExamples:\n  darkroom schedule history nightly\n  darkroom schedule history nightly --limit 7 --json");
        var name = Name();
        var limit = new Option<int>("--limit") { Description = $"How many to show, 1 to {Most}.", DefaultValueFactory = _ => 20 };
        limit.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, out var count) || count is < 1 or > Most))
                result.AddError($"--limit must be a whole number from 1 to {Most}, not '{result.Tokens[0].Value}'.");
        });
        var json = CommonOptions.Json();
        command.Add(name);
        command.Add(limit);
        command.Add(json);
        var server = ServerFlags.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var wanted = parsed.GetRequiredValue(name);
            await using var desk = await server.OpenAsync(context, parsed);
            var schedules = desk.Get<IScheduleDesk>();
            var schedule = await schedules.FindAsync(wanted, context.Signals.Stop) ?? throw NoSuchSchedule(wanted);
            var runs = await schedules.ListRunsAsync(wanted, parsed.GetValue(limit), context.Signals.Stop) ?? throw NoSuchSchedule(wanted);
            if (parsed.GetValue(json)) await context.Output.WriteLineAsync(JsonSerializer.Serialize(runs, ClientJson.Options));
            else HistoryView.Write(context.OutputConsole, schedule, runs);
            return ExitCodes.Success;
        });
        return command;
    }
}
