namespace Darkroom.Worker.Downloads;

/// <summary>How fast a download goes, from looks at its bytes: the last ten seconds, or since the first look.</summary>
public sealed class DownloadPace(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private readonly Queue<(long At, long Bytes)> _looks = new();

    /// <summary>Takes a look into account.</summary>
    /// <returns>Bytes a second, or null before there is anything to go by.</returns>
    public double? Add(long bytes)
    {
        var now = time.GetTimestamp();
        _looks.Enqueue((now, bytes));
        while (_looks.Count > 2 && time.GetElapsedTime(_looks.Peek().At, now) > Window) _looks.Dequeue();
        var (at, first) = _looks.Peek();
        var seconds = time.GetElapsedTime(at, now).TotalSeconds;
        return seconds > 0 && bytes > first ? (bytes - first) / seconds : null;
    }
}
