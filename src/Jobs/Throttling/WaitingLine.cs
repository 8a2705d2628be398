namespace Darkroom.Jobs.Throttling;

/// <summary>
/// Calls that wait, in the order in which batches share by weight: each batch's next call comes its cost over its weight after the one before, so that a
/// batch with a few calls goes beside one with thousands, not behind it. Not safe for threads by itself.
/// </summary>
internal sealed class WaitingLine
{
    private readonly SortedSet<Waiter> _waiters = new(Comparer<Waiter>.Create((a, b) => a.Tag.CompareTo(b.Tag) is var byTag and not 0 ? byTag : a.Number.CompareTo(b.Number)));
    private readonly Dictionary<string, double> _tags = new(StringComparer.Ordinal);
    private double _now;
    private long _number;

    public int Count => _waiters.Count;

    public Waiter Add(CallTicket ticket)
    {
        var tag = Math.Max(_now, _tags.GetValueOrDefault(ticket.BatchId)) + Math.Max(1, ticket.Cost.Images) / ticket.Weight;
        _tags[ticket.BatchId] = tag;
        var waiter = new Waiter(ticket.Cost, tag, _number++);
        _waiters.Add(waiter);
        return waiter;
    }

    public List<Waiter> First(int count) => [.. _waiters.Take(count)];

    public bool Remove(Waiter waiter) => _waiters.Remove(waiter);

    /// <summary>Takes one out that has its turn.</summary>
    public void Serve(Waiter waiter)
    {
        _waiters.Remove(waiter);
        _now = Math.Max(_now, waiter.Tag);
        // Batches that have nothing ahead are forgotten: the next call of one begins where the line is.
        if (_waiters.Count == 0) _tags.Clear();
    }
}
