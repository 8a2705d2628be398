namespace Darkroom.Jobs.Throttling;

/// <summary>A call that waits for its start.</summary>
/// <param name="cost">What it takes.</param>
/// <param name="tag">Its place in the line: the virtual time at which its batch's part reaches it.</param>
/// <param name="number">Its place among equals.</param>
internal sealed class Waiter(CallCost cost, double tag, long number)
{
    public CallCost Cost { get; } = cost;

    public double Tag { get; } = tag;

    /// <summary>Set to its start.</summary>
    public TaskCompletionSource<GrantedStart> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Number { get; } = number;
}
