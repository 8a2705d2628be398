namespace Darkroom.Jobs.Throttling;

/// <summary>
/// Where the store's clock stands against this process's. An answer is always late by its way here, so the least difference of the last minute is the
/// truest: with it starts are as even as they were reserved, however busy the machines are. Not safe for threads by itself.
/// </summary>
internal sealed class ServerClock(TimeProvider time)
{
    private const int Bins = 12;
    private static readonly TimeSpan Bin = TimeSpan.FromSeconds(5);
    private readonly TimeSpan[] _least = new TimeSpan[Bins];
    private readonly long[] _numbers = [.. Enumerable.Repeat(long.MinValue, Bins)];

    /// <summary>Takes an answer in, and gives this process's time stamp of its server time.</summary>
    public long StampOf(TimeSpan serverTime)
    {
        var now = time.GetTimestamp();
        var local = TimeSpan.FromSeconds((double)now / time.TimestampFrequency);
        var difference = local - serverTime;
        var number = local.Ticks / Bin.Ticks;
        var at = (int)(number % Bins);
        if (_numbers[at] != number || difference < _least[at]) (_numbers[at], _least[at]) = (number, difference);
        var least = difference;
        for (var bin = 0; bin < Bins; bin++)
            if (number - _numbers[bin] < Bins && _numbers[bin] != long.MinValue && _least[bin] < least) least = _least[bin];
        return now - (long)((difference - least).TotalSeconds * time.TimestampFrequency);
    }
}
