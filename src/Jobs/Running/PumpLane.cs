using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Running;

/// <summary>A batch that the pump of this process works on.</summary>
/// <param name="batchId">The batch.</param>
/// <param name="staysWhenClosed">Whether it waits here through the hours in which its calls may not start.</param>
public sealed class PumpLane(string batchId, bool staysWhenClosed = false)
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

    /// <summary>Whether it waits here through the hours in which its calls may not start.</summary>
    public bool StaysWhenClosed { get; } = staysWhenClosed;

    /// <summary>Set when the batch has nothing more for this process.</summary>
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Its items that run here.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>The models of its items so far. Only the pump's loop reads and changes it.</summary>
    public IReadOnlyCollection<string> Models => _models;

    /// <summary>Its part against other batches, known with its first item.</summary>
    public double Weight { get; private set; } = BatchShares.WeightOf(5);

    /// <summary>Its own limits, known with its first item.</summary>
    public BatchCaps? Caps { get; private set; }

    /// <summary>Whether it should be asked for items now.</summary>
    public bool IsDue(long now, TimeProvider time) => !Ended.Task.IsCompleted && time.GetElapsedTime(Volatile.Read(ref _lookAt), now) >= _lookIn;

    /// <summary>Asks it again only after a while, or when one of its items has ended.</summary>
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
        Weight = BatchShares.WeightOf(item.Priority);
        Caps = item.Caps;
        Interlocked.Increment(ref _inFlight);
    }

    /// <summary>Counts an item out.</summary>
    public void End()
    {
        if (Interlocked.Decrement(ref _inFlight) == 0) _lookIn = TimeSpan.Zero;
    }
}
