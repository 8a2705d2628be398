namespace Darkroom.Jobs.Editing;

/// <summary>One dimension's limit as a server told it.</summary>
/// <param name="Limit">Units a minute.</param>
/// <param name="Remaining">Units left in the window.</param>
/// <param name="Used">Units used in the window (429 text).</param>
/// <param name="Requested">Units that the refused call asked for (429 text).</param>
/// <param name="Reset">Time until the window is fresh.</param>
public sealed record LimitSignal(long? Limit, long? Remaining, long? Used, long? Requested, TimeSpan? Reset);
