namespace Darkroom.Worker.Client.Shapes;

/// <summary>When a batch will be done if it goes on as it did lately.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Now">When this was looked at.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="Open">Items that haven't ended.</param>
/// <param name="EndedLately">Items that ended in the last ten minutes.</param>
/// <param name="EndedSince">When the first of those ended.</param>
/// <param name="InFlight">Calls under way.</param>
/// <param name="InFlightSince">When the first of those began.</param>
/// <param name="LeastSeconds">How long its open items take at least, at the limits that are kept.</param>
/// <param name="WindowFrom">The first moment of the hours in which its calls may start; null for any hours.</param>
/// <param name="WindowTo">The first moment that isn't in them any more.</param>
/// <param name="WindowZone">The time zone whose clock counts.</param>
/// <param name="PerMinute">Items ended a minute.</param>
/// <param name="FinishEstimate">When it will be done at this pace.</param>
/// <param name="Deadline">When it should be done.</param>
/// <param name="RiskAt">When it was first told that it won't be.</param>
/// <param name="MissedAt">When it was told that the deadline had passed.</param>
/// <param name="Late">Whether the deadline was, or is, missed, or will be at this pace.</param>
/// <param name="Waits">What it waits for.</param>
public sealed record ForecastShape(
    string Batch, string State, DateTimeOffset Now, DateTimeOffset? FinishedAt, long Open, long EndedLately, DateTimeOffset? EndedSince, long InFlight, DateTimeOffset? InFlightSince,
    double? LeastSeconds, TimeOnly? WindowFrom, TimeOnly? WindowTo, string? WindowZone, double? PerMinute, DateTimeOffset? FinishEstimate, DateTimeOffset? Deadline, DateTimeOffset? RiskAt, DateTimeOffset? MissedAt, bool? Late,
    IReadOnlyList<WaitShape>? Waits);
