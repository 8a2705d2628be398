using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Jobs.Tests.Running;

/// <summary>A clock that tells how many waits were begun: one that is moved before a wait begins moves nothing.</summary>
internal sealed class CountedTime : FakeTimeProvider
{
    private int _timers;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Interlocked.Increment(ref _timers);
        return timer;
    }

    /// <summary>Waits until the wait of this number (1-based) has begun.</summary>
    public Task BegunAsync(int waits) => Wait.UntilAsync(() => Volatile.Read(ref _timers) >= waits);
}
