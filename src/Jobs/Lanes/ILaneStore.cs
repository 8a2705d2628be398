namespace Darkroom.Jobs.Lanes;

/// <summary>Keeps lanes: which batch is worked on where.</summary>
public interface ILaneStore
{
    /// <summary>Whether <see cref="PlanAsync"/> could find anything: all that is asked while there is nothing to do.</summary>
    Task<bool> HasWorkAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Writes a queued lane for each running batch with fewer live lanes than it deserves (one, and one more for each 10 items that are due, at most one a
    /// live process; but one at a time, since a process can work on one only and each plans its own); and for any batch with items of dead processes, since they are recovered whatever its state. One process at a time does this.
    /// </summary>
    /// <param name="queuedTime">A queued lane that nobody started for so long counts as lost.</param>
    /// <param name="processId">Who plans: it gets no lane for a batch that it works on already, since it would take that itself before others see it. Null plans for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<IReadOnlyList<QueuedLane>> PlanAsync(TimeSpan queuedTime, long? processId, CancellationToken cancellationToken);

    /// <summary>Starts a lane in a process.</summary>
    /// <returns>Its batch, or null when the lane has ended, another live process runs it, or this one runs another lane of its batch.</returns>
    Task<string?> StartAsync(long laneId, long processId, CancellationToken cancellationToken);

    /// <summary>Starts a lane for a batch in this process without an engine.</summary>
    Task<long> StartOwnAsync(string batchId, long processId, CancellationToken cancellationToken);

    /// <summary>Ends a lane.</summary>
    Task EndAsync(long laneId, CancellationToken cancellationToken);

    /// <summary>
    /// Ends a lane that is of no use to the process that the engine gave it to, and tells every process of its batch, so that one that has none can plan its own
    /// at once. A lane that another live process runs stays as it is.
    /// </summary>
    Task DeclineAsync(long laneId, CancellationToken cancellationToken);

    /// <summary>Tells every process that a batch has something to do.</summary>
    Task TellAsync(string batchId, CancellationToken cancellationToken);

    /// <summary>Puts a lane that a shutdown interrupted back to queued.</summary>
    Task RequeueAsync(long laneId, CancellationToken cancellationToken);
}
