namespace Darkroom.Jobs.Throttling;

/// <summary>
/// The places of this process, <c>Worker:MaxInFlight</c> of them: a call has one from its reservation to its end. So a group that waits holds none, however
/// many of its calls are here.
/// </summary>
internal sealed class CallPlaces(int places)
{
    private readonly Lock _gate = new();
    private readonly Queue<Action> _waiting = new();
    private int _free = places;

    /// <summary>Takes up to so many.</summary>
    /// <param name="wanted">How many at most.</param>
    /// <param name="wake">Called once when there is one, if none is free now.</param>
    public int Take(int wanted, Action wake)
    {
        lock (_gate)
        {
            var taken = Math.Min(wanted, _free);
            _free -= taken;
            if (taken == 0) _waiting.Enqueue(wake);
            return taken;
        }
    }

    /// <summary>Gives places back; those who found none are woken in turn.</summary>
    public void Return(int count)
    {
        if (count == 0) return;
        List<Action> woken;
        lock (_gate)
        {
            _free += count;
            woken = [.. _waiting];
            _waiting.Clear();
        }

        foreach (var wake in woken) wake();
    }
}
