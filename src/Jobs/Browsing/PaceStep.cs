namespace Darkroom.Jobs.Browsing;

/// <summary>What ended within one step of time.</summary>
/// <param name="At">When the step began.</param>
/// <param name="Ended">Items that ended in it.</param>
/// <param name="CostUsd">USD booked in it; 0 where nobody asked for it.</param>
public sealed record PaceStep(DateTimeOffset At, long Ended, decimal CostUsd);
