using System.Collections.Concurrent;

namespace Darkroom.Jobs.Throttling;

/// <summary>Keeps what is told again and again from being written again and again: a limit is told by every answer, and is news when it changes.</summary>
internal sealed class LimitLearner(TimeProvider time)
{
    // What was told is believed for ten minutes; until then it is confirmed now and then.
    private static readonly TimeSpan Repeat = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<(string Group, string Dimension), (double PerMinute, long At)> _told = new();

    /// <summary>Whether there is something to keep.</summary>
    public bool IsNews(LimitNews news)
    {
        var isNews = news.Kind != LimitNewsKind.Answered || news.Hold > TimeSpan.Zero;
        foreach (var (dimension, perMinute) in news.PerMinute)
        {
            var key = (news.Group, dimension);
            if (_told.TryGetValue(key, out var known) && known.PerMinute.Equals(perMinute) && time.GetElapsedTime(known.At) < Repeat) continue;
            _told[key] = (perMinute, time.GetTimestamp());
            isNews = true;
        }

        return isNews;
    }
}
