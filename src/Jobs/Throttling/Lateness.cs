namespace Darkroom.Jobs.Throttling;

/// <summary>
/// Calls of this process that began later than they were reserved, until the store is told. A busy process can't begin every call on the dot; what is reserved
/// after a late one, by whatever process, has to keep away from it. Not safe for threads by itself.
/// </summary>
/// <param name="margin">The share of the limits that is left unused (<see cref="GroupLimits.Margin"/>): so much of a window lies between a call and the one that may begin a window after it.</param>
internal sealed class Lateness(double margin)
{
    // Timers count milliseconds, and the way to the service isn't always the same.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(2);

    // The shortest slice of time in which a service is known to enforce its limits.
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromSeconds(1);

    // What all calls are late by shifts them all alike, and takes them no nearer to each other.
    private static readonly TimeSpan MostUsual = TimeSpan.FromMilliseconds(5);
    // What the margin bears beside the tolerance; only what is beyond takes calls too near to each other.
    private readonly TimeSpan _borne = ShortestWindow * margin > Tolerance ? (ShortestWindow * margin) - Tolerance : TimeSpan.Zero;
    private readonly TimeSpan[] _newest = new TimeSpan[32];

    private int _count;
    private int _late;
    private CallCost _cost;
    private TimeSpan _until;

    /// <summary>Counts a call that begins now.</summary>
    /// <param name="by">How late it is; below zero is none.</param>
    /// <param name="putOff">From its reservation: <see cref="StartReservation.PutOff"/>.</param>
    /// <param name="cost">What it takes.</param>
    /// <returns>Whether the store has to be told.</returns>
    public bool Began(TimeSpan by, TimeSpan putOff, CallCost cost)
    {
        if (by < TimeSpan.Zero) by = TimeSpan.Zero;
        _newest[_count++ % _newest.Length] = by;
        var usual = _newest.Take(Math.Min(_count, _newest.Length)).Min();
        var excess = by - (usual < MostUsual ? usual : MostUsual);
        if (_count == 1) excess = by;
        if (excess <= (_borne > Tolerance ? _borne : Tolerance)) return false;
        excess -= _borne;
        _late++;
        _cost = new CallCost(_cost.Images + cost.Images, _cost.InputImages + cost.InputImages, _cost.Tokens + cost.Tokens);
        if (putOff + excess > _until) _until = putOff + excess;
        return true;
    }

    /// <summary>Takes out what the store isn't told yet; null when there is nothing.</summary>
    public LateStarts? Take()
    {
        if (_late == 0) return null;
        var late = new LateStarts(_late, _cost, _until);
        (_late, _cost, _until) = (0, default, default);
        return late;
    }
}
