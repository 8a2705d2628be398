using Darkroom.Jobs.Running;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Throttling;

/// <summary>
/// The calls of one limits group that wait in this process. While any waits, one loop reserves starts for all of them at once, in the order of
/// <see cref="WaitingLine"/>, as far as the process has places.
/// </summary>
/// <param name="group">The group.</param>
/// <param name="limits">Its limits.</param>
/// <param name="store">Shares them.</param>
/// <param name="places">The process's places, or null where calls have theirs already.</param>
/// <param name="process">This process.</param>
/// <param name="timer">Waits for starts.</param>
/// <param name="memory">For how long starts count as recent.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of faults.</param>
internal sealed class GroupPacer(
    string group, GroupLimits limits, ILimitStore store, CallPlaces? places, WorkerProcess process, StartTimer timer, TimeSpan memory,
    TimeProvider time, ILogger logger)
{
    private const int MaxSet = 256;

    // Beside the time to get ready. Well under a second: what is reserved a second after a call that was late must know of it.
    private static readonly TimeSpan Horizon = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FaultDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LeastRetry = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly WaitingLine _line = new();
    private readonly ServerClock _clock = new(time);
    private readonly Lateness _lateness = new(limits.Margin);
    private readonly StartLead _lead = new();
    private readonly RecentStarts _starts = new(time, memory);
    private bool _heldUp;
    private bool _paced;
    private bool _reserving;
    private LateStarts? _late;
    private int _delayed;
    private int _slots;
    private long _tokens;

    /// <summary>How many calls wait for a reservation.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _line.Count;
        }
    }

    /// <summary>How many calls wait, for a reservation or for their start.</summary>
    public int Ahead
    {
        get
        {
            lock (_gate) return _line.Count + _delayed;
        }
    }

    /// <summary>How many calls were granted starts lately, when some waited all the same; null when none had to.</summary>
    public int? HeldUp
    {
        get
        {
            lock (_gate) return _heldUp ? _starts.Count : null;
        }
    }

    /// <summary>Whether the store is told what tokens calls took: where they are limited.</summary>
    public bool SettlesTokens { get; set; } = limits.TokensPerMinute is not null;

    public async Task<ICallPlace> EnterAsync(CallTicket ticket, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_gate)
        {
            waiter = _line.Add(ticket);
            WakeReserving();
        }

        // A waiter that is taken along by a reservation just now is granted all the same, and gives its place back.
        await using var leaving = cancellationToken.Register(() => Leave(waiter, cancellationToken));
        var start = await waiter.Granted.Task;
        var place = new CallPlace(this, start, ticket.Cost, timer, time);
        try
        {
            await place.Until(Lead, cancellationToken);
            return place;
        }
        catch (OperationCanceledException)
        {
            place.Used(0);
            await place.DisposeAsync();
            throw;
        }
        finally
        {
            lock (_gate) _delayed--;
        }
    }

    /// <summary>Told how long a call took from its entrance until it was ready to be sent.</summary>
    public void GotReady(TimeSpan took)
    {
        lock (_gate) _lead.Took(took);
    }

    /// <summary>Told that a call begins, and how late; see <see cref="Lateness.Began"/>.</summary>
    public void Began(TimeSpan late, TimeSpan putOff, CallCost cost)
    {
        lock (_gate)
        {
            // Where nothing paces the calls nothing is to be kept apart; and the places of a batch's caps come before those of its group.
            if (_paced && places is not null && _lateness.Began(late, putOff, cost)) WakeReserving();
        }
    }

    /// <summary>Takes a place back. The loop settles it also when nobody waits here: others wait for it in other processes.</summary>
    /// <param name="tokens">Tokens beyond those reserved.</param>
    public void Release(long tokens)
    {
        places?.Return(1);
        if (limits.MaxInFlight is null && (!SettlesTokens || tokens == 0)) return;
        lock (_gate)
        {
            if (limits.MaxInFlight is not null) _slots++;
            if (SettlesTokens) _tokens += tokens;
            WakeReserving();
        }
    }

    private TimeSpan Lead
    {
        get
        {
            lock (_gate) return _lead.Now;
        }
    }

    private void Leave(Waiter waiter, CancellationToken cancellationToken)
    {
        bool left;
        lock (_gate) left = _line.Remove(waiter);
        if (left) waiter.Granted.TrySetCanceled(cancellationToken);
    }

    private async Task ReserveAsync()
    {
        while (Take() is { } set)
        {
            var pause = TimeSpan.Zero;
            var granted = 0;
            try
            {
                await SettleAsync();
                if (set.Count > 0)
                {
                    var reservation = await store.ReserveAsync(group, process.Id, limits, [.. set.Select(waiter => waiter.Cost)], Horizon + Lead, CancellationToken.None);
                    (granted, pause) = Grant(set, reservation);
                }
            }
            catch (ObjectDisposedException exception)
            {
                // The process has closed its database, since it ends.
                Fail(set, exception);
                places?.Return(set.Count);
                return;
            }
#pragma warning disable CA1031 // Nobody waits for this loop: what isn't a passing fault goes to those who wait for their start.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.DatabaseAway(logger, exception);
                if (!DatabaseFaults.IsTransient(exception)) Fail(set, exception);
                pause = FaultDelay;
            }

            places?.Return(set.Count - granted);
            if (pause > TimeSpan.Zero) await Task.Delay(pause, time, CancellationToken.None);
        }
    }

    private (int Granted, TimeSpan Pause) Grant(List<Waiter> set, StartReservation reservation)
    {
        var origin = reservation.At is { } at ? _clock.StampOf(at) : time.GetTimestamp();
        var granted = 0;
        lock (_gate)
        {
            // Starts that are apart were paced, by a configured limit or a learned one.
            _paced |= reservation.Delays.Count > 0 && reservation.Delays[^1] > TimeSpan.Zero;
            _heldUp = reservation.Delays.Count < set.Count;
            _starts.Add(reservation.Delays.Count);
            for (var index = 0; index < reservation.Delays.Count; index++)
            {
                var waiter = set[index];
                _line.Serve(waiter);
                if (waiter.Granted.TrySetResult(new GrantedStart(StampOf(origin, reservation.Delays[index]), reservation.PutOff)))
                {
                    _delayed++;
                    granted++;
                    continue;
                }

                if (limits.MaxInFlight is not null) _slots++;
                if (SettlesTokens) _tokens -= waiter.Cost.Tokens;
            }
        }

        if (reservation.Delays.Count == set.Count) return (granted, TimeSpan.Zero);
        return (granted, reservation.RetryIn > LeastRetry ? reservation.RetryIn : LeastRetry);
    }

    private long StampOf(long origin, TimeSpan delay) => origin + (long)(delay.TotalSeconds * time.TimestampFrequency);

    private void Fail(List<Waiter> set, Exception exception)
    {
        lock (_gate)
        {
            foreach (var waiter in set)
            {
                _line.Remove(waiter);
                waiter.Granted.TrySetException(exception);
            }
        }
    }

    // Those who wait and have a place; none, while something is to be settled; or null, when there is nothing more to do now.
    private List<Waiter>? Take()
    {
        lock (_gate)
        {
            _late ??= _lateness.Take();
            var wanted = Math.Min(_line.Count, MaxSet);
            if (wanted > 0 && places is not null) wanted = places.Take(wanted, Wake);
            if (wanted > 0 || _slots > 0 || _tokens != 0 || _late is not null) return _line.First(wanted);
            _reserving = false;
            return null;
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            if (_line.Count > 0) WakeReserving();
        }
    }

    private void WakeReserving()
    {
        if (_reserving) return;
        _reserving = true;
        _ = Task.Run(ReserveAsync, CancellationToken.None);
    }

    private async Task SettleAsync()
    {
        if (_late is { } late)
        {
            await store.BeganLateAsync(group, late, CancellationToken.None);
            _late = null;
        }

        int slots;
        long tokens;
        lock (_gate)
        {
            (slots, tokens) = (_slots, _tokens);
            (_slots, _tokens) = (0, 0);
        }

        if (slots == 0 && tokens == 0) return;
        try
        {
            await store.SettleAsync(group, process.Id, slots, tokens, CancellationToken.None);
        }
        catch
        {
            lock (_gate)
            {
                _slots += slots;
                _tokens += tokens;
            }

            throw;
        }
    }
}
