namespace Darkroom.Jobs.Throttling;

/// <summary>A wait that holds for all calls of a limits group now, as the service told it.</summary>
/// <param name="Group">The limits group.</param>
/// <param name="Since">When the first of the waits began that followed each other without a break.</param>
/// <param name="Until">When calls start again.</param>
/// <param name="Asked">How long the service said to wait.</param>
/// <param name="Kept">How long Darkroom waits before it asks again.</param>
/// <param name="Status">The HTTP status, or null.</param>
/// <param name="Words">What the service said, without secrets.</param>
public sealed record LimitHold(string Group, DateTimeOffset Since, DateTimeOffset Until, TimeSpan Asked, TimeSpan Kept, int? Status, string Words);
