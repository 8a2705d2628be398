namespace Darkroom.Jobs.Lanes;

/// <summary>What an engine calls to run a lane.</summary>
public interface ILaneHandler
{
    /// <summary>
    /// Works on the lane's batch in this process until the batch has nothing more to claim, is stopped, or the process shuts down.
    /// Returning ends the lane; an exception makes the engine run it again later; a cancellation during shutdown makes another process run it.
    /// </summary>
    Task RunLaneAsync(long laneId, CancellationToken cancellationToken);
}
