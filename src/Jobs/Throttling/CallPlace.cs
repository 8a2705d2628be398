namespace Darkroom.Jobs.Throttling;

/// <summary>A place that a pacer gave.</summary>
internal sealed class CallPlace(GroupPacer pacer, GrantedStart start, CallCost cost, TimeProvider time) : ICallPlace
{
    private int _disposed;
    private long _beyond;
    private long _entered;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        pacer.GotReady(time.GetElapsedTime(_entered));
        for (var left = Left(); left > TimeSpan.Zero; left = Left()) await DelayAsync(left, cancellationToken);
        pacer.Began(-Left(), start.PutOff, cost);
    }

    public void Used(long tokens) => Volatile.Write(ref _beyond, tokens - cost.Tokens);

    /// <summary>Waits until so long before the start.</summary>
    public async Task Until(TimeSpan before, CancellationToken cancellationToken)
    {
        var left = Left() - before;
        if (left > TimeSpan.Zero) await DelayAsync(left, cancellationToken);
        _entered = time.GetTimestamp();
    }

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) pacer.Release(Volatile.Read(ref _beyond));
        return ValueTask.CompletedTask;
    }

    private TimeSpan Left() => TimeSpan.FromSeconds((double)(start.Stamp - time.GetTimestamp()) / time.TimestampFrequency);

    // Timers count whole milliseconds, and rounded down a call would start early.
    private Task DelayAsync(TimeSpan wait, CancellationToken cancellationToken) =>
        Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), time, cancellationToken);
}
