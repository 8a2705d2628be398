namespace Darkroom.Jobs.Throttling;

/// <summary>
/// Keeps a process's starts as far apart as they were reserved. A busy process can't begin a call on the dot; were it to begin late ones at once, those after
/// them would follow too closely. So all starts are put off by as much as the latest one was late, and that lag is made up for a little at a time, well within
/// the margin that the pace leaves. What reaches the service is even, and only a pause longer than any before costs anything. Not safe for threads by itself.
/// </summary>
internal sealed class StartLag(TimeProvider time)
{
    // Made up for: so much of the time that goes by.
    private const double Recovery = 0.002;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private long _lag;
    private long _at = time.GetTimestamp();

    /// <summary>How long a call still waits whose start was reserved for a time stamp; zero and less when it begins now, and all others with it later.</summary>
    public TimeSpan Wait(long start)
    {
        var now = time.GetTimestamp();
        _lag = Math.Max(0, _lag - (long)((now - _at) * Recovery));
        _at = now;
        var left = start + _lag - now;
        if (left <= 0) _lag = Math.Min(_lag - left, (long)(Longest.TotalSeconds * time.TimestampFrequency));
        return TimeSpan.FromSeconds((double)left / time.TimestampFrequency);
    }
}
