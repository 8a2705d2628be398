using System.Globalization;
using Darkroom.Jobs.Lanes;
using Darkroom.Jobs.Manifests.Planning;
using Quartz;

namespace Darkroom.Worker.Engines;

/// <summary>
/// When a schedule fires, read the same way for every engine. What engines would read differently is refused: Hangfire takes a day that is restricted
/// both in the month and in the week as "and", crontab as "or".
/// </summary>
/// <param name="Cron">In Quartz's own form, in the schedule's time zone.</param>
/// <param name="TimeZone">Where its wall clock hangs.</param>
internal sealed record ScheduleRule(CronExpression Cron, TimeZoneInfo TimeZone)
{
    private static readonly Dictionary<string, string> Macros = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@hourly"] = "0 * * * *",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@weekly"] = "0 0 * * 0",
        ["@monthly"] = "0 0 1 * *",
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
    };

    /// <summary>Whether it occurs in every hour, or in every so many.</summary>
    public bool IsHourly { get; private init; }

    /// <summary>A crontab's short name for five fields, such as <c>@daily</c>, written out, so that every engine reads the same; any other text as it stands.</summary>
    public static string Expand(string cron) => Macros.GetValueOrDefault(cron.Trim(), cron);

    /// <summary>Reads a schedule.</summary>
    /// <exception cref="FormatException">It can't be read, means different things to different engines, or never fires after <paramref name="now"/>.</exception>
    public static ScheduleRule Parse(EngineSchedule schedule, DateTimeOffset now)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(schedule.TimeZone, out var zone))
            throw new FormatException($"Schedule '{schedule.Name}': time zone '{schedule.TimeZone}' isn't known here; give an IANA name such as Europe/Berlin.{TimeZones.Hint}");

        var cronText = Expand(schedule.Cron);
        if (cronText.TrimStart().StartsWith('@'))
            throw Fault(schedule, $"no such name; known are {string.Join(", ", Macros.Keys)}{NearestName.Hint(schedule.Cron.Trim(), Macros.Keys).TrimEnd('?')}");
        var fields = cronText.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (5 or 6))
            throw Fault(schedule, $"it has {fields.Length} fields; give five (minute hour day month weekday), or six with leading seconds");
        if (fields.FirstOrDefault(HasNumberAboveAnyRange) is { } field) throw Fault(schedule, $"'{field}' holds a number above 59");
        if (!IsOpen(fields[^3]) && !IsOpen(fields[^1]))
            throw Fault(schedule, "day and weekday can't both be restricted; leave one as *");

        var cron = Read(schedule, fields).WithTimeZone(zone);
        if (cron.GetNextValidTimeAfter(now) is null) throw Fault(schedule, "it never fires");
        return new ScheduleRule(cron, zone) { IsHourly = fields[^4].StartsWith('*') };
    }

    private static bool IsOpen(string field) => field is "*" or "?";

    // Quartz means "every" by 99 inside and takes it from outside as well: a mistyped minute would fire all the time.
    private static bool HasNumberAboveAnyRange(string field) =>
        field.Split([',', '-', '/', '#', 'L', 'W']).Any(part => int.TryParse(part, CultureInfo.InvariantCulture, out var number) && number > 59);

    private static CronExpression Read(EngineSchedule schedule, string[] fields)
    {
        try
        {
            var minutely = CronExpression.Parse(string.Join(' ', fields[^5..]), CronFormat.Unix);
            // Quartz's form begins with the seconds, which crontab's doesn't have.
            return fields.Length == 5 ? minutely : CronExpression.Parse(fields[0] + minutely.CronExpressionString[1..], CronFormat.Quartz);
        }
        catch (FormatException exception)
        {
            throw Fault(schedule, exception.Message, exception);
        }
    }

    private static FormatException Fault(EngineSchedule schedule, string reason, Exception? inner = null) =>
        new($"Schedule '{schedule.Name}': cron '{schedule.Cron}': {reason}.", inner);
}
