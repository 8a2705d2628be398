namespace Darkroom.Jobs.Reviews;

/// <summary>A decision on an item.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="Key">Its id in the manifest.</param>
/// <param name="Decision">What was decided.</param>
/// <param name="Note">What was said with it, or null.</param>
/// <param name="At">When.</param>
/// <param name="By">Who.</param>
public sealed record Review(long ItemId, string Key, Decision Decision, string? Note, DateTimeOffset At, string By);
