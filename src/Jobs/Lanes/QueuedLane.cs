namespace Darkroom.Jobs.Lanes;

/// <summary>A lane that an engine should carry.</summary>
/// <param name="Id">Its row.</param>
/// <param name="BatchId">Its batch.</param>
/// <param name="Priority">0 to 9, the batch's.</param>
public sealed record QueuedLane(long Id, string BatchId, int Priority);
