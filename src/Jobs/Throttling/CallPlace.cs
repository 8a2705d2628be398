namespace Darkroom.Jobs.Throttling;

/// <summary>A place that a pacer gave.</summary>
internal sealed class CallPlace(GroupPacer pacer, GrantedStart start, CallCost cost, StartTimer timer, TimeProvider time) : ICallPlace
{
    private int _disposed;
    private long _beyond;
    private long _entered;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        pacer.GotReady(time.GetElapsedTime(_entered));
        await timer.UntilAsync(start.Stamp, cancellationToken);
        pacer.Began(-Left(), start.PutOff, cost);
    }

    public void Used(long tokens) => Volatile.Write(ref _beyond, tokens - cost.Tokens);

    /// <summary>Waits until so long before the start.</summary>
    public async Task Until(TimeSpan before, CancellationToken cancellationToken)
    {
        var left = Left() - before;
        if (left > TimeSpan.Zero) await Task.Delay(left, time, cancellationToken);
        _entered = time.GetTimestamp();
    }

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) pacer.Release(Volatile.Read(ref _beyond));
        return ValueTask.CompletedTask;
    }

    private TimeSpan Left() => TimeSpan.FromSeconds((double)(start.Stamp - time.GetTimestamp()) / time.TimestampFrequency);
}
