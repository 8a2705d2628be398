namespace Darkroom.Jobs.Batches;

/// <summary>Where a batch stands. The names in <see cref="StateNames"/> are stored and printed, so they are an API.</summary>
public enum BatchState
{
    /// <summary>Its manifest is being read; nothing runs and, if the import fails, nothing remains.</summary>
    Importing,

    /// <summary>Waits for a person to approve what it will cost.</summary>
    AwaitingApproval,

    /// <summary>Waits for a worker to open it; no item is claimed yet.</summary>
    Queued,

    /// <summary>Its items may be claimed.</summary>
    Running,

    /// <summary>A person stopped it; calls in flight finish.</summary>
    Paused,

    /// <summary>The system stopped it, with a reason (quota, budget, key refused, model gone, store).</summary>
    Halted,

    /// <summary>Every item ended as succeeded or reused.</summary>
    Completed,

    /// <summary>Every item ended, at least one of them otherwise than succeeded or reused.</summary>
    CompletedWithErrors,

    /// <summary>A person called it off; items not yet sent are canceled.</summary>
    Canceled,
}
