using Darkroom.Jobs.Throttling;

namespace Darkroom.Worker.Client.Shapes;

/// <summary>The pace that a batch's calls go by now.</summary>
/// <param name="PerMinute">Units per minute.</param>
/// <param name="Dimension">What is limited: images or requests.</param>
/// <param name="Source"><c>configured</c>, <c>learned</c>, or <c>batch</c> for the batch's own cap.</param>
/// <param name="From">How it was learned: <c>told</c> by the service, <c>found</c> at its refusals, <c>rising</c>; else null.</param>
/// <param name="LearnedSecondsAgo">When it was learned; else null.</param>
/// <param name="ConfiguredPerMinute">The configured limit, or null.</param>
/// <param name="SlowedTo">The part of the pace that a slow-down after refusals has left, above 0 up to 1.</param>
/// <param name="Group">The limits group, or <c>batch:ID</c>.</param>
/// <param name="Endpoint">The endpoint it belongs to; null for the batch's own cap.</param>
/// <param name="Text">The same in words.</param>
public sealed record PaceShape(
    double PerMinute, string Dimension, string Source, string? From, double? LearnedSecondsAgo, double? ConfiguredPerMinute, double SlowedTo, string Group, string? Endpoint, string Text)
{
    internal static PaceShape Of(PaceInForce pace) => new(
        Math.Round(pace.PerMinute, 3), pace.Limit.Dimension, pace.Source, pace.IsLearned ? pace.Limit.LearnedFrom : null, pace.IsLearned && pace.Limit.LearnedAgo is { } ago ? Math.Round(ago.TotalSeconds) : null,
        pace.Limit.ConfiguredPerMinute, pace.SlowedTo, pace.Limit.Group, pace.Limit.Endpoint, pace.Describe());
}
