namespace Darkroom.Worker.Tests.Faults;

/// <summary>A clock whose timers begin only when it is let go: until then what waits for them goes on waiting.</summary>
internal sealed class HeldTime : TimeProvider
{
    private readonly Lock _gate = new();
    private List<(ITimer Timer, TimeSpan Due, TimeSpan Period)>? _held = [];

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            if (_held is null) return base.CreateTimer(callback, state, dueTime, period);
            var timer = base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _held.Add((timer, dueTime, period));
            return timer;
        }
    }

    /// <summary>Begins all timers, and from now on each as it is made.</summary>
    public void LetGo()
    {
        lock (_gate)
        {
            foreach (var (timer, due, period) in _held ?? []) timer.Change(due, period);
            _held = null;
        }
    }
}
