namespace Darkroom.Jobs.Throttling;

/// <summary>Something learned that was dropped.</summary>
/// <param name="Group">The limits group.</param>
/// <param name="Dimension">What was limited.</param>
/// <param name="PerMinute">The limit, or null where only a hold or a slow-down was known.</param>
/// <param name="From"><c>told</c>, <c>found</c>, <c>rising</c>, or null.</param>
/// <param name="HeldFor">The rest of a hold, or zero.</param>
/// <param name="SlowedTo">The part of the pace that a slow-down had left, 1 without one.</param>
public sealed record ForgottenLimit(string Group, string Dimension, double? PerMinute, string? From, TimeSpan HeldFor, double SlowedTo);
