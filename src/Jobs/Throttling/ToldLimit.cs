namespace Darkroom.Jobs.Throttling;

/// <summary>A limit that the service tells under a name of its own: what a call takes of it isn't known.</summary>
/// <param name="Limit">Units a window, above 0.</param>
/// <param name="Remaining">Units left in the window, or null.</param>
/// <param name="Reset">Time until the window is fresh, or null.</param>
public sealed record ToldLimit(double Limit, double? Remaining, TimeSpan? Reset);
