namespace Darkroom.Jobs.Schedules;

/// <summary>What becomes of an occurrence whose schedule is still at work on an earlier one. Names are stored: an API.</summary>
public enum ScheduleOverlap
{
    /// <summary>It is left out, and says so in the history.</summary>
    Skip,

    /// <summary>It waits for the earlier one's batch to end. One waits at most: the manifest is read when it starts, so a second one would do the same.</summary>
    Queue,
}
