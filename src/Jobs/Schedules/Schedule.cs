namespace Darkroom.Jobs.Schedules;

/// <summary>A manifest that is submitted again and again.</summary>
/// <param name="Name">Unique; see <see cref="ScheduleNames.FaultOf"/>.</param>
/// <param name="Cron">Five fields, or six with leading seconds.</param>
/// <param name="TimeZone">IANA name; occurrences are wall-clock times there.</param>
/// <param name="Manifest">A local file's absolute path, an http(s) URL, or <c>az://ACCOUNT/CONTAINER/BLOB</c>. Read afresh for each run. May hold a signature: a secret.</param>
/// <param name="Template">What each run's batch is like.</param>
/// <param name="ArmedAt">Occurrences up to here are dealt with.</param>
public sealed record Schedule(string Name, string Cron, string TimeZone, string Manifest, BatchTemplate Template, DateTimeOffset ArmedAt)
{
    /// <summary>What becomes of an occurrence while an earlier one is at work.</summary>
    public ScheduleOverlap Overlap { get; init; }

    /// <summary>When each run should be done, as <see cref="Deadlines.DeadlineText"/> reads it; or null.</summary>
    public string? Deadline { get; init; }

    /// <summary>Whether nothing fires; what is missed meanwhile isn't caught up.</summary>
    public bool IsPaused { get; init; }

    /// <summary>The manifest's version that was imported last, or null.</summary>
    public string? ManifestVersion { get; init; }

    /// <summary>When it fires.</summary>
    public Recurrence Recurrence => new(Name, Cron, TimeZone);

    /// <summary>Its time zone.</summary>
    /// <exception cref="TimeZoneNotFoundException">This machine doesn't know it.</exception>
    public TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);
}
