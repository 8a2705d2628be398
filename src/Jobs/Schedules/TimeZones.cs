namespace Darkroom.Jobs.Schedules;

/// <summary>The machine's time zone database. Slim images of containers have none, and then no zone but UTC is known.</summary>
public static class TimeZones
{
    /// <summary>What to do where there is none.</summary>
    public const string Cure = "Install tzdata, or set TZDIR to the folder of the time zone database.";

    /// <summary>Whether there is none.</summary>
    public static bool AreMissing => !TimeZoneInfo.TryFindSystemTimeZoneById("Europe/Berlin", out _);

    /// <summary>What an error about an unknown zone adds where there is none: a sentence, with a space before it.</summary>
    public static string Hint => AreMissing ? $" This machine has no time zone database. {Cure}" : "";
}
