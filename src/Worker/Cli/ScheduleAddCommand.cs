using System.CommandLine;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Schedules;
using Darkroom.Worker.Client.Shapes;
using Darkroom.Worker.Schedules;

namespace Darkroom.Worker.Cli;

/// <summary><c>darkroom schedule add</c>.</summary>
internal static class ScheduleAddCommand
{
    private const string Description = """
        Submits a manifest on a schedule. Each run reads it afresh and pays only for edits whose source has changed (--reuse false pays for all).
        Runs missed while no worker ran are caught up once. A night in which the clocks change has one run. --max-cost is the budget of each run.

        Examples:
          darkroom schedule add nightly --cron "0 2 * * *" --time-zone Europe/Berlin --manifest /data/catalogue.jsonl --prompt "Put it on white" --max-cost 40
          darkroom schedule add hourly --cron "0 * * * *" --manifest az://shop/catalogue/new.csv --overlap queue --deadline 50m --yes
        """;

    public static Command Create(CliContext context)
    {
        var command = new Command("add", Description);
        var name = ScheduleCommand.Name();
        var cron = new Option<string>("--cron") { Required = true, Description = "Five fields (minute, hour, day, month, weekday), six with leading seconds, or @hourly, @daily, @weekly, @monthly, @yearly." };
        var zone = new Option<string?>("--time-zone") { Description = "Time zone of --cron, such as Europe/Berlin. Default: this machine's." };
        var overlap = new Option<string>("--overlap") { Description = "What to do while an earlier run is not done: skip this run, or queue it (at most one waits).", DefaultValueFactory = _ => "skip" };
        overlap.AcceptOnlyFromAmong("skip", "queue");
        var replace = new Option<bool>("--replace") { Description = "Replace the schedule with this name; its history stays." };
        command.Add(name);
        command.Add(cron);
        command.Add(zone);
        var flags = new SubmitFlags(isScheduled: true);
        flags.AddTo(command);
        var spend = new SpendFlags();
        spend.AddTo(command);
        command.Add(overlap);
        command.Add(replace);
        var server = ServerFlags.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            if (server.Connect(parsed, context.Surroundings) is { } client)
            {
                using (client)
                {
                    var body = new JsonObject
                    {
                        ["name"] = parsed.GetRequiredValue(name),
                        ["cron"] = parsed.GetRequiredValue(cron),
                        ["time_zone"] = parsed.GetValue(zone) ?? context.Time.LocalTimeZone.Id,
                        ["manifest"] = flags.Manifest(parsed),
                        ["overlap"] = parsed.GetRequiredValue(overlap),
                        ["replace"] = parsed.GetValue(replace),
                        ["fields"] = FieldsOf(RemoteSubmit.FieldsOf(parsed, option => server.Has(option) || option.Name is "--cron" or "--time-zone" or "--manifest" or "--overlap" or "--replace")),
                    };
                    var there = await client.AddScheduleAsync(body, context.Signals.Stop);
                    foreach (var warning in there.Warnings) await context.Error.WriteLineAsync($"warning: {warning}");
                    await TellAsync(context, there.Schedule);
                    return ExitCodes.Success;
                }
            }

            var recurrence = new Recurrence(parsed.GetRequiredValue(name), Recurrence.Expand(parsed.GetRequiredValue(cron)), parsed.GetValue(zone) ?? context.Time.LocalTimeZone.Id);
            await using var planning = context.BuildPlanning();
            var schedule = Read(context, parsed, flags, recurrence, planning.GetRequiredService<IConfiguration>()) with { Overlap = parsed.GetRequiredValue(overlap) is "queue" ? ScheduleOverlap.Queue : ScheduleOverlap.Skip };
            CheckTimes(recurrence, context.Time.GetUtcNow());
            WebhookCheck.RequireSecret(planning, schedule.Template.WebhookUrl);
            schedule = schedule with { Template = await CheckAsync(context, planning, schedule, spend, parsed) };

            await using var session = await context.OpenAsync();
            await using var services = context.BuildServices(session, LogLevel.Warning);
            if (!await services.GetRequiredService<IScheduleStore>().AddAsync(schedule, parsed.GetValue(replace), context.By, context.Signals.Stop))
                throw new CliException($"There is a schedule {schedule.Name} already; the same command with --replace replaces it.");
            await TellAsync(context, ScheduleShapes.Of(schedule, null, context.Time.GetUtcNow()));
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task TellAsync(CliContext context, ScheduleShape schedule)
    {
        await context.Output.WriteLineAsync($"Schedule {schedule.Schedule} is there; 'darkroom worker' fires it. Next runs:");
        foreach (var next in schedule.Next) await context.Output.WriteLineAsync($"  {ScheduleView.Both(next)}");
    }

    // A flag that is given more than once, such as --tag, is a list.
    private static JsonObject FieldsOf(IEnumerable<KeyValuePair<string, string>> given)
    {
        var fields = new JsonObject();
        foreach (var group in given.GroupBy(field => field.Key, field => field.Value, StringComparer.Ordinal))
            fields[group.Key] = group.Count() == 1 ? group.Single() : new JsonArray([.. group.Select(value => (JsonNode)value)]);
        return fields;
    }

    private static Schedule Read(CliContext context, ParseResult parsed, SubmitFlags flags, Recurrence recurrence, IConfiguration configuration)
    {
        if (ScheduleNames.FaultOf(recurrence.Name) is { } fault) throw new CliException($"The schedule's name {fault}.");
        if (flags.Deadline(parsed, out var deadline) is { Instant: not null }) throw new CliException("--deadline of a schedule takes a time of day such as 06:00, or a time from the start such as 4h.");
        var manifest = flags.Manifest(parsed);
        if (manifest is Jobs.Manifests.ManifestSource.StandardInputName) throw new CliException("A schedule can't read standard input; give --manifest a file or an address.");
        if (!ManifestOpener.IsAddress(manifest)) manifest = Path.GetFullPath(manifest, context.Folder);
        var template = BatchTemplate.Of(flags.Read(parsed, context.Folder, context.Time, configuration), flags.Name(parsed), canary: null);
        return new Schedule(recurrence.Name, recurrence.Cron, recurrence.TimeZone, manifest, template, context.Time.GetUtcNow()) { Deadline = deadline };
    }

    private static void CheckTimes(Recurrence recurrence, DateTimeOffset now)
    {
        try
        {
            _ = recurrence.NextAfter(now);
        }
        catch (FormatException exception)
        {
            throw new CliException(exception.Message);
        }
    }

    // A manifest that isn't there yet may be there at night; one that is there must be in order.
    private static async Task<BatchTemplate> CheckAsync(CliContext context, IServiceProvider planning, Schedule schedule, SpendFlags spend, ParseResult parsed)
    {
        var consent = spend.Read(parsed, planning.GetRequiredService<Microsoft.Extensions.Options.IOptions<Jobs.Estimates.CostOptions>>().Value);
        var template = schedule.Template with { MaxCostUsd = consent.MaxCostUsd, Canary = consent.Canary };
        OpenedManifest opened;
        try
        {
            opened = await planning.GetRequiredService<ManifestOpener>().OpenAsync(schedule.Manifest, context.Signals.Stop);
        }
        catch (ManifestUnavailableException unavailable)
        {
            await context.Error.WriteLineAsync($"warning: {unavailable.Message} So it isn't checked now.");
            return template;
        }

        await using var file = new ManifestFile(opened);
        var (_, estimate) = await SpendGate.PassAsync(context, planning, file, template.ToBatch("unused", schedule.Name, DateOnly.FromDateTime(context.Time.GetUtcNow().UtcDateTime)), _ => consent);
        foreach (var warning in ScheduleWarnings.Of(estimate, planning.GetRequiredService<ModelBook>(), context.Time)) await context.Error.WriteLineAsync($"warning: {warning}");
        return template;
    }
}
