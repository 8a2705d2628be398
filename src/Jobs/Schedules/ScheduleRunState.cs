namespace Darkroom.Jobs.Schedules;

/// <summary>Where a run of a schedule stands, up to its batch. Names are stored and printed: an API.</summary>
public enum ScheduleRunState
{
    /// <summary>Waits for an earlier run's batch to end.</summary>
    Queued,

    /// <summary>Its manifest is being read.</summary>
    Starting,

    /// <summary>Its batch is there; how that goes, the batch says.</summary>
    Started,

    /// <summary>Left out, since an earlier run wasn't done.</summary>
    Skipped,

    /// <summary>Nothing was imported.</summary>
    Failed,
}
