namespace Darkroom.Jobs.Throttling;

/// <summary>A place that a pacer gave.</summary>
internal sealed class CallPlace(GroupPacer pacer, long start, long reservedTokens, TimeProvider time) : ICallPlace
{
    private int _disposed;
    private long _beyond;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var left = pacer.WaitFor(start); left > TimeSpan.Zero; left = pacer.WaitFor(start)) await DelayAsync(left, cancellationToken);
    }

    public void Used(long tokens) => Volatile.Write(ref _beyond, tokens - reservedTokens);

    /// <summary>Waits until so long before the start.</summary>
    public Task Until(TimeSpan before, CancellationToken cancellationToken)
    {
        var left = TimeSpan.FromSeconds((double)(start - time.GetTimestamp()) / time.TimestampFrequency) - before;
        return left > TimeSpan.Zero ? DelayAsync(left, cancellationToken) : Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) pacer.Release(Volatile.Read(ref _beyond));
        return ValueTask.CompletedTask;
    }

    // Timers count whole milliseconds, and rounded down a call would start early.
    private Task DelayAsync(TimeSpan wait, CancellationToken cancellationToken) =>
        Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), time, cancellationToken);
}
