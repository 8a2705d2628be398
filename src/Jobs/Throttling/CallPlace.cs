namespace Darkroom.Jobs.Throttling;

/// <summary>A place that a pacer gave.</summary>
internal sealed class CallPlace(GroupPacer pacer, long start, long reservedTokens, TimeProvider time) : ICallPlace
{
    private int _disposed;
    private long _beyond;

    public Task StartAsync(CancellationToken cancellationToken) => Until(TimeSpan.Zero, cancellationToken);

    public void Used(long tokens) => Volatile.Write(ref _beyond, tokens - reservedTokens);

    /// <summary>Waits until so long before the start.</summary>
    public Task Until(TimeSpan before, CancellationToken cancellationToken)
    {
        var left = TimeSpan.FromSeconds((double)(start - time.GetTimestamp()) / time.TimestampFrequency) - before;
        // Timers count whole milliseconds, and rounded down a call would start early.
        return left > TimeSpan.Zero ? Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), time, cancellationToken) : Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) pacer.Release(Volatile.Read(ref _beyond));
        return ValueTask.CompletedTask;
    }
}
