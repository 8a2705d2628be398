namespace Darkroom.Jobs.Throttling;

/// <summary>What came of a reservation.</summary>
/// <param name="Delays">How long each of the first calls waits before it starts; calls beyond have none reserved.</param>
/// <param name="RetryIn">When calls were left over: how long to wait before asking again.</param>
public sealed record StartReservation(IReadOnlyList<TimeSpan> Delays, TimeSpan RetryIn)
{
    /// <summary>The store's own time, from which the delays count, since any fixed moment; null where it doesn't say: then they count from its answer.</summary>
    public TimeSpan? At { get; init; }

    /// <summary>By how much the group's starts have been put off until this reservation, all told; <see cref="LateStarts.Until"/> counts from it.</summary>
    public TimeSpan PutOff { get; init; }
}
