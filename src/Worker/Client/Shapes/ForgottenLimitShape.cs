namespace Darkroom.Worker.Client.Shapes;

/// <summary>A limit, hold or slow-down that was dropped.</summary>
/// <param name="Group">The limits group.</param>
/// <param name="Dimension">What was limited.</param>
/// <param name="LearnedPerMinute">The limit, or null where only a hold or a slow-down was known.</param>
/// <param name="LearnedFrom">told, found, rising, or null.</param>
/// <param name="HeldSeconds">The rest of a hold.</param>
/// <param name="SlowedTo">The part of the pace that a slow-down had left, above 0 up to 1.</param>
public sealed record ForgottenLimitShape(string Group, string Dimension, double? LearnedPerMinute, string? LearnedFrom, double HeldSeconds, double SlowedTo);
