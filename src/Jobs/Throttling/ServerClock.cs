namespace Darkroom.Jobs.Throttling;

/// <summary>
/// Where the store's clock stands against this process's. An answer is always late by its way here, so the least difference of the newest answers is the
/// truest: with it starts are as even as they were reserved, however busy the machines are.
/// </summary>
internal sealed class ServerClock(TimeProvider time)
{
    private const int Samples = 64;
    private readonly TimeSpan[] _differences = new TimeSpan[Samples];
    private int _count;

    /// <summary>Takes an answer in, and gives this process's time stamp of its server time.</summary>
    public long StampOf(TimeSpan serverTime)
    {
        var now = time.GetTimestamp();
        var local = Elapsed(now);
        _differences[_count++ % Samples] = local - serverTime;
        var least = _differences.Take(Math.Min(_count, Samples)).Min();
        return now - (long)((local - serverTime - least).TotalSeconds * time.TimestampFrequency);
    }

    private TimeSpan Elapsed(long stamp) => TimeSpan.FromSeconds((double)stamp / time.TimestampFrequency);
}
