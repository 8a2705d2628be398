using Cronos;
using Darkroom.Jobs.Manifests.Planning;

namespace Darkroom.Jobs.Schedules;

/// <summary>When a schedule fires: cron on the wall clock of a time zone.</summary>
/// <param name="Name">The schedule's name, for errors.</param>
/// <param name="Cron">Five fields (minute hour day month weekday); six with leading seconds are accepted.</param>
/// <param name="TimeZone">IANA name; occurrences are wall-clock times there.</param>
public sealed record Recurrence(string Name, string Cron, string TimeZone)
{
    // What Cronos begins each reason with.
    private const string Boilerplate = "The given cron expression has an invalid format. ";

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

    /// <summary>A crontab's short name for five fields, such as <c>@daily</c>, written out; any other text as it stands.</summary>
    public static string Expand(string cron)
    {
        ArgumentNullException.ThrowIfNull(cron);
        return Macros.GetValueOrDefault(cron.Trim(), cron);
    }

    /// <summary>The time zone.</summary>
    /// <exception cref="FormatException">This machine doesn't know it.</exception>
    public TimeZoneInfo FindZone() => TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone)
        ? zone
        : throw new FormatException($"Schedule '{Name}': time zone '{TimeZone}' isn't known here; give an IANA name such as Europe/Berlin.{TimeZones.Hint}");

    /// <summary>
    /// The first occurrence after an instant. A wall-clock time that a change of the clocks leaves out occurs at the end of the gap, and one that it repeats occurs the first
    /// time; schedules of every hour or less go by elapsed time.
    /// </summary>
    /// <exception cref="FormatException">The cron expression or the time zone can't be read, or it never fires.</exception>
    public DateTimeOffset NextAfter(DateTimeOffset after)
    {
        var zone = FindZone();
        return Parse().GetNextOccurrence(after, zone) ?? throw Fault("it never fires");
    }

    // A day that is restricted both in the month and in the week is refused: Cronos and Hangfire take it as "and", crontab as "or".
    private CronExpression Parse()
    {
        var text = Expand(Cron);
        if (text.TrimStart().StartsWith('@'))
            throw Fault($"no such name; known are {string.Join(", ", Macros.Keys)}{NearestName.Hint(Cron.Trim(), Macros.Keys).TrimEnd('?')}");
        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (5 or 6)) throw Fault($"it has {fields.Length} fields; give five (minute hour day month weekday), or six with leading seconds");
        if (!IsOpen(fields[^3]) && !IsOpen(fields[^1])) throw Fault("day and weekday can't both be restricted; leave one as *");
        try
        {
            return CronExpression.Parse(text, fields.Length == 5 ? CronFormat.Standard : CronFormat.IncludeSeconds);
        }
        catch (CronFormatException exception)
        {
            throw Fault(exception.Message.Replace(Boilerplate, "", StringComparison.Ordinal).TrimEnd('.'), exception);
        }
    }

    private static bool IsOpen(string field) => field is "*" or "?";

    private FormatException Fault(string reason, Exception? inner = null) => new($"Schedule '{Name}': cron '{Cron}': {reason}.", inner);
}
