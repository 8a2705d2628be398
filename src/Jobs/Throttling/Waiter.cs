namespace Darkroom.Jobs.Throttling;

/// <summary>A call that waits for its start.</summary>
/// <param name="cost">What it takes.</param>
/// <param name="tag">Its place in the line: the virtual time at which its batch's part reaches it.</param>
/// <param name="number">Its place among equals.</param>
internal sealed class Waiter(CallCost cost, double tag, long number) : IComparable<Waiter>
{
    public CallCost Cost { get; } = cost;

    public double Tag { get; } = tag;

    /// <summary>Set to the time stamp of the start.</summary>
    public TaskCompletionSource<long> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private long Number { get; } = number;

    public int CompareTo(Waiter? other) => other is null ? 1 : Tag.CompareTo(other.Tag) is var byTag and not 0 ? byTag : Number.CompareTo(other.Number);
}
