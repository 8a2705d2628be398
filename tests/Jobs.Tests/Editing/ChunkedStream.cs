namespace Darkroom.Jobs.Tests.Editing;

/// <summary>Gives bytes in pieces whose sizes a function chooses, and fails at the end when a test says so.</summary>
internal sealed class ChunkedStream(byte[] bytes, Func<int> size, Exception? failure = null) : MemoryStream(bytes, writable: false)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Position == Length && failure is not null) throw failure;
        return ValueTask.FromResult(Read(buffer.Span[..Math.Min(buffer.Length, Math.Max(1, size()))]));
    }
}
