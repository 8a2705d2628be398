namespace Darkroom.Jobs.Running;

/// <summary>A batch that the pump of this process works on.</summary>
public sealed class PumpLane(string batchId)
{
    private int _inFlight;
    private long _lookAt;
    private TimeSpan _lookIn;

    /// <summary>The batch.</summary>
    public string BatchId { get; } = batchId;

    /// <summary>Set when the batch has nothing more for this process.</summary>
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Its items that run here.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>The model of the item begun last: a guess at what the next one needs. Null before the first.</summary>
    public string? LastModel { get; private set; }

    /// <summary>Whether it should be asked for items now.</summary>
    public bool IsDue(long now, TimeProvider time) => !Ended.Task.IsCompleted && time.GetElapsedTime(Volatile.Read(ref _lookAt), now) >= _lookIn;

    /// <summary>Asks it again only after a while, or when one of its items has ended.</summary>
    public void LookAgainIn(TimeSpan pause, TimeProvider time)
    {
        _lookIn = pause;
        Volatile.Write(ref _lookAt, time.GetTimestamp());
    }

    /// <summary>Counts an item in.</summary>
    public void Begin(string model)
    {
        LastModel = model;
        Interlocked.Increment(ref _inFlight);
    }

    /// <summary>Counts an item out.</summary>
    public void End()
    {
        if (Interlocked.Decrement(ref _inFlight) == 0) _lookIn = TimeSpan.Zero;
    }
}
