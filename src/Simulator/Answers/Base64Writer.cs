using System.Buffers.Text;
using System.IO.Pipelines;

namespace Darkroom.Simulator.Answers;

/// <summary>Writes an image as base64 piece by piece, never as one string.</summary>
internal static class Base64Writer
{
    /// <summary>Bytes of a file a piece; a multiple of three, so that only the last is padded.</summary>
    private const int Piece = 48 * 1024;

    /// <summary>Writes the whole image, or its first half.</summary>
    public static async Task WriteAsync(PipeWriter to, AnswerImage image, bool half, CancellationToken cancellationToken)
    {
        if (image.Base64 is { } ready)
        {
            await to.WriteAsync(ready.AsMemory(0, half ? ready.Length / 2 : ready.Length), cancellationToken);
            return;
        }

        var length = half ? image.File.Length / 6 * 3 : image.File.Length;
        for (var at = 0; at < length; at += Piece)
        {
            var piece = image.File.AsSpan(at, Math.Min(Piece, length - at));
            Base64.EncodeToUtf8(piece, to.GetSpan(Base64.GetMaxEncodedToUtf8Length(piece.Length)), out _, out var written);
            to.Advance(written);
            await to.FlushAsync(cancellationToken);
        }
    }
}
