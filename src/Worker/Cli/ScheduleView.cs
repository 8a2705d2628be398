using System.Globalization;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Schedules;
using Spectre.Console;

namespace Darkroom.Worker.Cli;

/// <summary>Schedules, for people and for programs. A manifest's address is shown without what signs it.</summary>
internal static class ScheduleView
{
    public static JsonNode Json(ScheduleLine line) => new JsonObject
    {
        ["schedule"] = line.Schedule.Name,
        ["cron"] = line.Schedule.Cron,
        ["time_zone"] = line.Schedule.TimeZone,
        ["manifest"] = ManifestOpener.NameOf(line.Schedule.Manifest),
        ["overlap"] = line.Schedule.Overlap.ToName(),
        ["deadline"] = line.Schedule.Deadline,
        ["paused"] = line.Schedule.IsPaused,
        ["next"] = new JsonArray([.. line.Next.Select(next => new JsonObject { ["local"] = Local(next, line.Schedule.Zone), ["utc"] = Utc(next) })]),
        ["last"] = line.Last is { } last ? new RunLine(last, null).Json() : null,
    };

    public static void Write(IAnsiConsole console, IReadOnlyList<ScheduleLine> lines)
    {
        if (lines.Count == 0)
        {
            console.WriteLine("No schedules yet: darkroom schedule add --help");
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("schedule", "cron", "next", "last run", "manifest");
        foreach (var line in lines)
        {
            var next = line.Schedule.IsPaused ? "paused" : line.Next.Count == 0 ? "never" : Both(line.Next[0], line.Schedule.Zone);
            var last = line.Last is { } run ? $"{People(run.ScheduledAt, line.Schedule.Zone)} {run.State.ToName()}" : "none";
            table.AddRow(new Text(line.Schedule.Name), new Text($"{line.Schedule.Cron} ({line.Schedule.TimeZone})"), new Text(next), new Text(last), new Text(ManifestOpener.NameOf(line.Schedule.Manifest)));
        }

        console.Write(table);
    }

    /// <summary>A time on the schedule's own clock, and in UTC.</summary>
    public static string Both(DateTimeOffset time, TimeZoneInfo zone) => $"{People(time, zone)} ({time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC)";

    public static string People(DateTimeOffset time, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(time, zone).ToString("ddd yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Local(DateTimeOffset time, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(time, zone).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
}
