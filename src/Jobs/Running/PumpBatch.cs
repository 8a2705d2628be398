using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Running;

/// <summary>A batch whose items may be claimed.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="Priority">0 (last) to 9 (first).</param>
/// <param name="Caps">The batch's own limits, or null.</param>
public sealed record WorkableBatch(string BatchId, int Priority, BatchCaps? Caps);

/// <summary>A batch as the pump of this process knows it: its share, its items in flight here, and when to ask it for items again.</summary>
/// <param name="batchId">The batch.</param>
public sealed class PumpBatch(string batchId)
{
    private static readonly TimeSpan FirstExploring = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestExploring = TimeSpan.FromSeconds(30);

    private readonly HashSet<string> _models = new(StringComparer.Ordinal);
    private int _inFlight;
    private long _lookAt;
    private TimeSpan _lookIn;
    private long _explored;
    private TimeSpan _exploreIn;

    /// <summary>The batch.</summary>
    public string BatchId { get; } = batchId;

    /// <summary>Its items that run here.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>The models of its items so far. Only the pump's loop reads and changes it.</summary>
    public IReadOnlyCollection<string> Models => _models;

    /// <summary>Its part against other batches.</summary>
    public double Weight { get; private set; } = BatchShares.WeightOf(5);

    /// <summary>Its own limits, or null.</summary>
    public BatchCaps? Caps { get; private set; }

    /// <summary>Whether items of it may be claimed, by the last look at the database.</summary>
    public bool IsWorkable { get; private set; }

    /// <summary>Takes over what the database says of the batch; null when its items may not be claimed any more.</summary>
    public void Update(WorkableBatch? batch)
    {
        IsWorkable = batch is not null;
        if (batch is null) return;
        Weight = BatchShares.WeightOf(batch.Priority);
        Caps = batch.Caps;
    }

    /// <summary>Whether it should be asked for items now.</summary>
    public bool IsDue(long now, TimeProvider time) => IsWorkable && time.GetElapsedTime(Volatile.Read(ref _lookAt), now) >= _lookIn;

    /// <summary>Asks it again only after a while, or when the last of its items here has ended.</summary>
    public void LookAgainIn(TimeSpan pause, TimeProvider time)
    {
        _lookIn = pause;
        Volatile.Write(ref _lookAt, time.GetTimestamp());
    }

    /// <summary>Whether it may be asked for items of some models only.</summary>
    public bool MayExplore(long now, TimeProvider time) => time.GetElapsedTime(_explored, now) >= _exploreIn;

    /// <summary>Asking for some models only found too few: a search through many items, so it comes again later and later.</summary>
    public void FoundLittle(TimeProvider time)
    {
        _exploreIn = _exploreIn == TimeSpan.Zero ? FirstExploring : _exploreIn * 2 < LongestExploring ? _exploreIn * 2 : LongestExploring;
        _explored = time.GetTimestamp();
    }

    /// <summary>Counts an item in.</summary>
    public void Begin(ClaimedItem item)
    {
        if (_models.Add(item.Model)) _exploreIn = TimeSpan.Zero;
        Interlocked.Increment(ref _inFlight);
    }

    /// <summary>Counts an item out.</summary>
    /// <returns>How many are left.</returns>
    public int End()
    {
        var left = Interlocked.Decrement(ref _inFlight);
        if (left == 0) _lookIn = TimeSpan.Zero;
        return left;
    }
}
