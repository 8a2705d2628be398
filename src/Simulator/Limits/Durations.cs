using System.Globalization;

namespace Darkroom.Simulator.Limits;

/// <summary>Waits as the service writes them: <c>350ms</c>, <c>12s</c>, <c>1.5s</c>.</summary>
internal static class Durations
{
    /// <summary>Formats a wait, rounded up to the millisecond.</summary>
    public static string Format(TimeSpan wait)
    {
        var milliseconds = Math.Max(0, (long)Math.Ceiling(wait.TotalMilliseconds));
        return milliseconds < 1000
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms")
            : string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000.0:0.###}s");
    }
}
