using System.Buffers;
using System.Text;

namespace Darkroom.Jobs.Editing;

/// <summary>A long data URL that is already text, written in pieces.</summary>
internal sealed class TextInsert(string text) : BodyInsert
{
    private const int Piece = 64 * 1024;

    /// <inheritdoc/>
    public override long Length => text.Length;

    /// <summary>Whether text can stand in a JSON string as it is, a byte a character.</summary>
    public static bool Fits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange(' ', '~') < 0 && text.IndexOfAny('"', '\\') < 0;

    /// <inheritdoc/>
    public override async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            for (var at = 0; at < text.Length; at += Piece)
            {
                var count = Encoding.ASCII.GetBytes(text, at, Math.Min(Piece, text.Length - at), buffer, 0);
                await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
