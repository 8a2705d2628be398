using System.Text;
using Darkroom.Jobs.Editing;
using Spectre.Console.Rendering;

namespace Darkroom.Worker.Cli;

/// <summary>
/// The one way to the terminal: batch names, a server's problems and the like may have control sequences in them, which would set a clipboard or rewrite the screen.
/// Nothing that the command line prints needs one, but for Spectre's own, which <see cref="CleanSegments"/> lets through.
/// </summary>
internal sealed class CleanWriter : TextWriter
{
    private readonly TextWriter _inner;

    // A half that the next write may complete: of a surrogate pair, or of CR LF.
    private string _kept = "";

    private CleanWriter(TextWriter inner) : base(inner.FormatProvider) => (_inner, CoreNewLine) = (inner, inner.NewLine.ToCharArray());

    /// <inheritdoc/>
    public override Encoding Encoding => _inner.Encoding;

    /// <summary>Puts one before a writer, for several threads.</summary>
    public static TextWriter Before(TextWriter inner) => Synchronized(new CleanWriter(inner));

    /// <inheritdoc/>
    public override void Write(char value) => Write([value]);

    /// <inheritdoc/>
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (buffer.IsEmpty) return;
        if (_kept.Length == 0 && PlainText.IsClean(buffer))
        {
            _inner.Write(buffer);
            return;
        }

        var text = string.Concat(_kept, buffer);
        _kept = char.IsHighSurrogate(text[^1]) || text[^1] == '\r' ? text[^1..] : "";
        _inner.Write(PlainText.Clean(text[..^_kept.Length]));
    }

    // In one piece: each write to a console is a call of the system.

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Write(string.Concat(value, NewLine));

    /// <inheritdoc/>
    public override void WriteLine(ReadOnlySpan<char> buffer) => Write(string.Concat(buffer, NewLine));

    /// <inheritdoc/>
    public override void Flush() => _inner.Flush();
}

/// <summary>Cleans what Spectre prints where text has become segments: its own sequences stand apart from text there.</summary>
internal sealed class CleanSegments : IRenderHook
{
    /// <inheritdoc/>
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) => renderables.Select(renderable => new Cleaned(renderable));

    private sealed class Cleaned(IRenderable inner) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            inner.Render(options, maxWidth).Select(segment => segment.IsControlCode || PlainText.IsClean(segment.Text) ? segment : new Segment(PlainText.Clean(segment.Text), segment.Style));
    }
}
