using System.Text.RegularExpressions;

namespace Darkroom.Jobs.Schedules;

/// <summary>Names of schedules, and of their runs' states.</summary>
public static partial class ScheduleNames
{
    /// <summary>What is wrong with a schedule's name, in a sentence without its subject; or null.</summary>
    public static string? FaultOf(string name) =>
        Form().IsMatch(name) ? null : "must be 1 to 60 letters, digits, dots, dashes and underscores, the first one a letter or a digit";

    /// <summary>The stored and printed name of a state.</summary>
    public static string ToName(this ScheduleRunState state) => state.ToString().ToLowerInvariant();

    /// <summary>The stored and printed name.</summary>
    public static string ToName(this ScheduleOverlap overlap) => overlap.ToString().ToLowerInvariant();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,59}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
