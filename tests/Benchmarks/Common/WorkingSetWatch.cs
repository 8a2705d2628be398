using System.Diagnostics;

namespace Darkroom.Benchmarks.Common;

/// <summary>Samples this process's working set until stopped, and keeps the highest.</summary>
internal sealed class WorkingSetWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly Process _process = Process.GetCurrentProcess();
    private readonly Thread _sampling;
    private readonly Action? _alsoSample;
    private volatile bool _stopped;
    private long _peak;

    /// <summary>Begins.</summary>
    /// <param name="alsoSample">Called at each sample; or null.</param>
    public WorkingSetWatch(Action? alsoSample = null)
    {
        _alsoSample = alsoSample;
        // A thread, not a task: under load the pool would sample late, and just then it matters.
        _sampling = new Thread(Sample) { IsBackground = true, Name = "working set", Priority = ThreadPriority.AboveNormal };
        _sampling.Start();
    }

    /// <summary>The highest so far, in bytes.</summary>
    public long Peak => Interlocked.Read(ref _peak);

    /// <summary>This process's working set now, in bytes.</summary>
    public static long Now()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    /// <summary>The working set after everything that nobody holds was let go.</summary>
    public static long Settled()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return Now();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _stopped = true;
        _sampling.Join();
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Sample()
    {
        while (!_stopped)
        {
            _process.Refresh();
            Interlocked.Exchange(ref _peak, Math.Max(_peak, _process.WorkingSet64));
            _alsoSample?.Invoke();
            Thread.Sleep(Interval);
        }
    }
}
