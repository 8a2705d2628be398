using System.Globalization;

namespace Darkroom.Worker.Engines.Hangfire;

/// <summary>
/// The queues of Hangfire. It takes from them in alphabetical order, so the most urgent priority, 9, is <c>lane-0</c>. The names are in the database: an API.
/// </summary>
internal static class LaneQueues
{
    /// <summary>Schedules have a queue, and a worker, of their own: lanes run for hours and would hold them up.</summary>
    public const string Schedules = "schedules";

    /// <summary>All queues of lanes, the most urgent first.</summary>
    public static string[] All { get; } = [.. Enumerable.Range(0, LanePriority.Max + 1).Select(rank => Of(LanePriority.Max - rank))];

    /// <summary>The queue of a priority.</summary>
    /// <param name="priority">0 (last) to 9 (first).</param>
    public static string Of(int priority)
    {
        LanePriority.Check(priority);
        return $"lane-{(LanePriority.Max - priority).ToString(CultureInfo.InvariantCulture)}";
    }
}
