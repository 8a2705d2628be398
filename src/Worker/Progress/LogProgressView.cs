namespace Darkroom.Worker.Progress;

/// <summary>A batch's progress where there is no terminal; see <see cref="LogLineView"/>.</summary>
public sealed class LogProgressView(TextWriter writer, TimeProvider time) : IProgressView
{
    private readonly LogLineView _lines = new(writer, time);

    /// <inheritdoc/>
    public void Show(ProgressLine line) => _lines.Show($"batch {line.Status.Batch.Id}: {line}");

    /// <inheritdoc/>
    public void ShowTrouble(string text) => _lines.Show(text);

    /// <inheritdoc/>
    public void Dispose() => _lines.Dispose();
}
