namespace Darkroom.Worker.Tests.Faults;

/// <summary>One thing that befalls a run.</summary>
/// <param name="Kind">What.</param>
/// <param name="Worker">Which of the two workers, where it befalls one.</param>
/// <param name="After">How long after the step before.</param>
/// <param name="For">How long what is struck stays away, where it does; a frozen worker's lease time comes on top.</param>
internal sealed record FaultStep(FaultKind Kind, int Worker, TimeSpan After, TimeSpan For);
