using Darkroom.Jobs.Running;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Throttling;

/// <summary>The calls of one limits group that wait in this process. While any waits, one loop reserves starts for all of them at once, first come first served.</summary>
internal sealed class GroupPacer(string group, GroupLimits limits, ILimitStore store, WorkerProcess process, TimeProvider time, ILogger logger)
{
    private const int MaxSet = 256;
    private static readonly TimeSpan Horizon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FaultDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LeastRetry = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private bool _reserving;
    private int _delayed;
    private int _released;

    /// <summary>How many calls wait, for a reservation or for their start.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _waiters.Count + _delayed;
        }
    }

    public async Task<IAsyncDisposable> EnterAsync(CallCost cost, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(cost);
        lock (_gate)
        {
            _waiters.AddLast(waiter);
            WakeReserving();
        }

        // A waiter that is taken along by a reservation just now is granted all the same, and gives its place back.
        await using var leaving = cancellationToken.Register(() => Leave(waiter, cancellationToken));
        var delay = await waiter.Granted.Task;
        var slot = new Slot(this);
        try
        {
            await Task.Delay(delay, time, cancellationToken);
            return slot;
        }
        catch (OperationCanceledException)
        {
            await slot.DisposeAsync();
            throw;
        }
        finally
        {
            lock (_gate) _delayed--;
        }
    }

    private void Leave(Waiter waiter, CancellationToken cancellationToken)
    {
        bool left;
        lock (_gate) left = _waiters.Remove(waiter);
        if (left) waiter.Granted.TrySetCanceled(cancellationToken);
    }

    private async Task ReserveAsync()
    {
        while (Take() is { } set)
        {
            var pause = TimeSpan.Zero;
            try
            {
                await GiveBackAsync();
                if (set.Count > 0)
                {
                    var reservation = await store.ReserveAsync(group, process.Id, limits, [.. set.Select(waiter => waiter.Cost)], Horizon, CancellationToken.None);
                    pause = Grant(set, reservation);
                }
            }
#pragma warning disable CA1031 // Nobody waits for this loop: what isn't a passing fault goes to those who wait for their start.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.DatabaseAway(logger, exception);
                if (!DatabaseFaults.IsTransient(exception)) Fail(set, exception);
                pause = FaultDelay;
            }

            if (pause > TimeSpan.Zero) await Task.Delay(pause, time, CancellationToken.None);
        }
    }

    private TimeSpan Grant(List<Waiter> set, StartReservation reservation)
    {
        var spare = 0;
        lock (_gate)
        {
            for (var at = 0; at < reservation.Delays.Count; at++)
            {
                _waiters.Remove(set[at]);
                if (set[at].Granted.TrySetResult(reservation.Delays[at])) _delayed++;
                else spare++;
            }
        }

        if (limits.MaxInFlight is not null) Interlocked.Add(ref _released, spare);
        if (reservation.Delays.Count == set.Count) return TimeSpan.Zero;
        return reservation.RetryIn > LeastRetry ? reservation.RetryIn : LeastRetry;
    }

    private void Fail(List<Waiter> set, Exception exception)
    {
        lock (_gate)
        {
            foreach (var waiter in set)
            {
                _waiters.Remove(waiter);
                waiter.Granted.TrySetException(exception);
            }
        }
    }

    // Those who wait; none, while places are to be given back; or null, when there is nothing more to do.
    private List<Waiter>? Take()
    {
        lock (_gate)
        {
            if (_waiters.Count > 0 || Volatile.Read(ref _released) > 0) return [.. _waiters.Take(MaxSet)];
            _reserving = false;
            return null;
        }
    }

    // The loop gives places back also when nobody waits here: others wait for them in other processes.
    private void Release()
    {
        if (limits.MaxInFlight is null) return;
        Interlocked.Increment(ref _released);
        lock (_gate) WakeReserving();
    }

    private void WakeReserving()
    {
        if (_reserving) return;
        _reserving = true;
        _ = Task.Run(ReserveAsync, CancellationToken.None);
    }

    private async Task GiveBackAsync()
    {
        var released = Interlocked.Exchange(ref _released, 0);
        if (released == 0) return;
        try
        {
            await store.ReleaseSlotsAsync(group, process.Id, released, CancellationToken.None);
        }
        catch
        {
            Interlocked.Add(ref _released, released);
            throw;
        }
    }

    private sealed class Waiter(CallCost cost)
    {
        public CallCost Cost { get; } = cost;

        public TaskCompletionSource<TimeSpan> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Slot(GroupPacer pacer) : IAsyncDisposable
    {
        private int _disposed;

        public ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0) pacer.Release();
            return ValueTask.CompletedTask;
        }
    }
}
