namespace Darkroom.Jobs.Throttling;

/// <summary>How many starts were granted lately. Not safe for threads by itself.</summary>
/// <param name="time">The clock.</param>
/// <param name="memory">For how long they count.</param>
internal sealed class RecentStarts(TimeProvider time, TimeSpan memory)
{
    private readonly Queue<(long At, int Count)> _grants = new();
    private int _count;

    /// <summary>How many there were.</summary>
    public int Count
    {
        get
        {
            while (_grants.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) >= memory) _count -= _grants.Dequeue().Count;
            return _count;
        }
    }

    /// <summary>Counts some that were granted now.</summary>
    public void Add(int count)
    {
        _ = Count;
        if (count == 0) return;
        _grants.Enqueue((time.GetTimestamp(), count));
        _count += count;
    }
}
