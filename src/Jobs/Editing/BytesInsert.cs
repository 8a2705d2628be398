namespace Darkroom.Jobs.Editing;

/// <summary>Bytes that are in memory already: those of a data URL.</summary>
internal sealed class BytesInsert(ReadOnlyMemory<byte> bytes) : BodyInsert
{
    /// <inheritdoc/>
    public override long Length => bytes.Length;

    /// <inheritdoc/>
    public override Task WriteAsync(Stream stream, CancellationToken cancellationToken) => stream.WriteAsync(bytes, cancellationToken).AsTask();
}
