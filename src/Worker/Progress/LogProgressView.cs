namespace Darkroom.Worker.Progress;

/// <summary>Progress where there is no terminal: a line when something changed, at most every five seconds, and the last one.</summary>
public sealed class LogProgressView(TextWriter writer, TimeProvider time) : IProgressView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private long? _shownAt;
    private string _shown = "";
    private string _latest = "";

    /// <inheritdoc/>
    public void Show(ProgressLine line)
    {
        _latest = $"batch {line.Status.Batch.Id}: {line}";
        if (_shownAt is not { } at || time.GetElapsedTime(at) >= Interval) Write();
    }

    /// <inheritdoc/>
    public void ShowTrouble(string text)
    {
        _latest = text;
        if (_shownAt is not { } at || time.GetElapsedTime(at) >= Interval) Write();
    }

    /// <inheritdoc/>
    public void Dispose() => Write();

    private void Write()
    {
        if (_latest == _shown) return;
        writer.WriteLine(_latest);
        (_shown, _shownAt) = (_latest, time.GetTimestamp());
    }
}
