namespace Darkroom.Worker.Progress;

/// <summary>Progress where there is no terminal: a line when something changed, at most every five seconds, and the last one.</summary>
public sealed class LogLineView(TextWriter writer, TimeProvider time) : ILineView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly Lock _lock = new();
    private long? _shownAt;
    private string _shown = "";
    private string _latest = "";

    /// <inheritdoc/>
    public void Show(string line, double? share = null)
    {
        lock (_lock)
        {
            _latest = line;
            if (_shownAt is not { } at || time.GetElapsedTime(at) >= Interval) Write();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock) Write();
    }

    private void Write()
    {
        if (_latest == _shown) return;
        writer.WriteLine(_latest);
        (_shown, _shownAt) = (_latest, time.GetTimestamp());
    }
}
