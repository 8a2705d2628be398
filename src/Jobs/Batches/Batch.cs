namespace Darkroom.Jobs.Batches;

/// <summary>A batch as it stands.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why it is halted, one of <see cref="Editing.HaltReasons"/>; or null.</param>
/// <param name="Detail">What was said with the reason, and what to do; or null.</param>
/// <param name="Priority">0 to 9.</param>
/// <param name="CreatedAt">When it was submitted.</param>
/// <param name="FinishedAt">When it ended, or null.</param>
public sealed record Batch(
    string Id, string Name, BatchState State, string? Reason, string? Detail, int Priority, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt);
