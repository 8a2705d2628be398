namespace Darkroom.Jobs.Throttling;

/// <summary>What came of a reservation.</summary>
/// <param name="Delays">How long each of the first calls waits before it starts; calls beyond have none reserved.</param>
/// <param name="RetryIn">When calls were left over: how long to wait before asking again.</param>
public sealed record StartReservation(IReadOnlyList<TimeSpan> Delays, TimeSpan RetryIn);
