using System.Globalization;
using Darkroom.Worker.Client.Shapes;
using Spectre.Console;

namespace Darkroom.Worker.Cli;

/// <summary>Schedules, for people.</summary>
internal static class ScheduleView
{
    public static void Write(IAnsiConsole console, IReadOnlyList<ScheduleShape> schedules)
    {
        if (schedules.Count == 0)
        {
            console.WriteLine("No schedules yet: darkroom schedule add --help");
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("schedule", "cron", "next", "last run", "manifest");
        foreach (var schedule in schedules)
        {
            var next = schedule.Paused ? "paused" : schedule.Next.Count == 0 ? "never" : Both(schedule.Next[0]);
            var last = schedule.Last is { } run ? $"{People(run.ScheduledAt, schedule.TimeZone)} {run.State}" : "none";
            table.AddRow(new Text(schedule.Schedule), new Text($"{schedule.Cron} ({schedule.TimeZone})"), new Text(next), new Text(last), new Text(schedule.Manifest));
        }

        console.Write(table);
    }

    /// <summary>A time on the schedule's own clock, and in UTC.</summary>
    public static string Both(OccurrenceShape next) =>
        $"{Day(DateTimeOffset.Parse(next.Local, CultureInfo.InvariantCulture))} ({next.Utc.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC)";

    /// <summary>A time on a zone's clock; in UTC where this machine doesn't know the zone, as a server's may be.</summary>
    public static string People(DateTimeOffset time, string zone) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var known) ? Day(TimeZoneInfo.ConvertTime(time, known)) : $"{Day(time.ToUniversalTime())} UTC";

    /// <summary>A time for programs.</summary>
    public static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Day(DateTimeOffset time) => time.ToString("ddd yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
