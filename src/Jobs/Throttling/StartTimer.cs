using System.Diagnostics.CodeAnalysis;

namespace Darkroom.Jobs.Throttling;

/// <summary>
/// Waits for time stamps to the millisecond. Timers of the runtime go by the system's coarse clock, whose steps are 4 ms on Linux: as much as the margin of the
/// pace. A thread of its own that waits for the next one comes to its senses within one. Safe for threads.
/// </summary>
internal sealed class StartTimer(TimeProvider time)
{
    // So long before, runtime timers are exact enough to hand over to the thread.
    private static readonly TimeSpan Near = TimeSpan.FromMilliseconds(15);

    private readonly Lock _gate = new();
    // Waits in the kernel at once: what spins first takes the processor from those who are to be in time.
    private readonly AutoResetEvent _come = new(initialState: false);
    private readonly PriorityQueue<TaskCompletionSource, long> _due = new();
    private bool _started;

    /// <summary>Waits until a time stamp has come; no time at all when it has.</summary>
    public async Task UntilAsync(long stamp, CancellationToken cancellationToken)
    {
        var left = Left(stamp);
        // A clock that a test moves by hand has no coarse steps.
        var near = time == TimeProvider.System ? Near : TimeSpan.Zero;
        if (left > near) await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling((left - near).TotalMilliseconds)), time, cancellationToken);
        if (time != TimeProvider.System || Left(stamp) <= TimeSpan.Zero) return;
        var due = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _due.Enqueue(due, stamp);
            if (!_started) new Thread(Run) { IsBackground = true, Name = "Starts", Priority = ThreadPriority.AboveNormal }.Start();
            _started = true;
        }

        _come.Set();
        await due.Task;
    }

    private TimeSpan Left(long stamp) => TimeSpan.FromSeconds((double)(stamp - time.GetTimestamp()) / time.TimestampFrequency);

    private void Run()
    {
        while (true)
        {
            // Until the next is due, or a new one comes, which may be due earlier.
            _come.WaitOne(UntilNext());
            while (TryTake(out var due)) due.SetResult();
        }
    }

    private TimeSpan UntilNext()
    {
        lock (_gate)
        {
            if (!_due.TryPeek(out _, out var stamp)) return Timeout.InfiniteTimeSpan;
            var left = Math.Floor(Left(stamp).TotalMilliseconds);
            return TimeSpan.FromMilliseconds(left < 1 ? 1 : left);
        }
    }

    private bool TryTake([NotNullWhen(true)] out TaskCompletionSource? due)
    {
        lock (_gate)
        {
            if (_due.TryPeek(out due, out var stamp) && Left(stamp) <= TimeSpan.Zero) return _due.TryDequeue(out due, out _);
            due = null;
            return false;
        }
    }
}
