using System.Buffers;
using System.Net;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// A body of which everything short is laid out beforehand; files and long data URLs are woven in while it is written, so the length is known and no
/// image is held in memory.
/// </summary>
internal abstract class WovenContent : HttpContent
{
    private readonly List<(int Offset, BodyInsert Insert)> _inserts = [];

    /// <summary>Whether the body has begun to be sent. Until then the service has nothing that it could work on.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Why a source failed while the body was being sent, or null. The body then never was whole.</summary>
    public ServiceError? SourceFailure { get; private set; }

    /// <summary>What is laid out.</summary>
    protected ArrayBufferWriter<byte> Body { get; } = new(1024);

    /// <summary>Takes an insert over, so that it is closed whatever happens; it goes where <see cref="Place"/> puts it.</summary>
    protected void Keep(BodyInsert insert) => _inserts.Add((0, insert));

    /// <summary>Puts the insert kept last at an offset of <see cref="Body"/>. Offsets only grow.</summary>
    protected void Place(int offset) => _inserts[^1] = (offset, _inserts[^1].Insert);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        HasStarted = true;
        var at = 0;
        foreach (var (offset, insert) in _inserts)
        {
            await stream.WriteAsync(Body.WrittenMemory[at..offset], cancellationToken);
            try
            {
                await insert.WriteAsync(stream, cancellationToken);
            }
            catch (SourceReadException e)
            {
                SourceFailure = SourceFile.Refused("source_changed", e.Message);
                throw;
            }

            at = offset;
        }

        await stream.WriteAsync(Body.WrittenMemory[at..], cancellationToken);
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = Body.WrittenCount + _inserts.Sum(i => i.Insert.Length);
        return true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            foreach (var (_, insert) in _inserts) insert.Dispose();
        base.Dispose(disposing);
    }
}
