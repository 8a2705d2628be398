namespace Darkroom.Worker.Tests.Faults;

/// <summary>One thing that befalls a worker.</summary>
/// <param name="Kind">What.</param>
/// <param name="Worker">Which of the two.</param>
/// <param name="After">How long after the step before.</param>
internal sealed record FaultStep(FaultKind Kind, int Worker, TimeSpan After);
