using System.Collections.Concurrent;

namespace Darkroom.Jobs.Throttling;

/// <summary>Keeps what is told again and again from being written again and again: a limit is told by every answer, and is news when it changes.</summary>
internal sealed class LimitLearner(TimeProvider time)
{
    // What was told is believed for ten minutes; until then it is confirmed now and then.
    private static readonly TimeSpan Repeat = TimeSpan.FromMinutes(3);

    // What is left of others changes with every answer, and is for people to see.
    private static readonly TimeSpan RepeatOthers = TimeSpan.FromSeconds(5);

    // A server that makes up a name an answer would fill memory and table.
    private const int MostTold = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _holds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Group, string Dimension), (double PerMinute, long At)> _told = new();

    /// <summary>Whether there is something to keep.</summary>
    public bool IsNews(LimitNews news)
    {
        var isNews = news.Kind != LimitNewsKind.Answered || news.Hold > TimeSpan.Zero;
        foreach (var (dimension, perMinute) in news.PerMinute) isNews |= IsNews(news.Group, dimension, perMinute, Repeat);
        foreach (var (name, told) in news.Others)
            isNews |= (_told.Count < MostTold || _told.ContainsKey((news.Group, name))) && IsNews(news.Group, name, told.Limit, RepeatOthers);
        return isNews;
    }

    /// <summary>Whether a wait that the service told is to be said: one for all calls that it was told to.</summary>
    public bool IsNewHold(LimitNews news)
    {
        var until = time.GetUtcNow() + news.Hold;
        lock (_gate)
        {
            var isNew = !_holds.TryGetValue(news.Group, out var known) || known <= time.GetUtcNow();
            if (isNew || until > known) _holds[news.Group] = until;
            return isNew;
        }
    }

    private bool IsNews(string group, string dimension, double limit, TimeSpan repeat)
    {
        var key = (group, dimension);
        if (_told.TryGetValue(key, out var known) && known.PerMinute.Equals(limit) && time.GetElapsedTime(known.At) < repeat) return false;
        _told[key] = (limit, time.GetTimestamp());
        return true;
    }
}
