namespace Darkroom.Worker.Engines;

/// <summary>
/// How often a failed lane or schedule is run again, on every engine. The sweep gives a batch a new lane anyway: this only bridges short outages.
/// </summary>
internal static class EngineRetries
{
    /// <summary>Runs after the first one.</summary>
    public const int Attempts = 10;

    /// <summary>Seconds before each further run; the last one stays.</summary>
    public static IReadOnlyList<int> DelaysInSeconds { get; } = [1, 5, 15, 30, 60];

    /// <summary>The wait before each further run.</summary>
    public static IReadOnlyList<TimeSpan> Delays { get; } =
        [.. Enumerable.Range(0, Attempts).Select(run => TimeSpan.FromSeconds(DelaysInSeconds[Math.Min(run, DelaysInSeconds.Count - 1)]))];
}
