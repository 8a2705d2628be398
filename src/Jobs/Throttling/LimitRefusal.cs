namespace Darkroom.Jobs.Throttling;

/// <summary>A call that was refused for a group's limits.</summary>
/// <param name="Wait">How long the service told to wait, whatever the cap; what is usual where it told nothing.</param>
/// <param name="Words">What the service said; scrubbed.</param>
public readonly record struct LimitRefusal(TimeSpan Wait, string Words);
