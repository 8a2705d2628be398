using System.Text;

namespace Darkroom.Jobs.Tests.Manifests;

/// <summary>A stream that gives a few bytes at a time, as a pipe may.</summary>
internal sealed class PiecewiseStream(string text, int piece) : MemoryStream(Encoding.UTF8.GetBytes(text))
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
}
