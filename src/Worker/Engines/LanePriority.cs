namespace Darkroom.Worker.Engines;

/// <summary>The range of priorities: 0 (last) to 9 (first).</summary>
internal static class LanePriority
{
    /// <summary>The most urgent one.</summary>
    public const int Max = 9;

    /// <summary>Refuses what is out of range, since engines would take it silently.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 0 or above 9.</exception>
    public static void Check(int priority)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(priority);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(priority, Max);
    }
}
