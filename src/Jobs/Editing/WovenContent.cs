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
    private ArrayBufferWriter<byte>? _draft = new(1024);
    private ReadOnlyMemory<byte> _body;

    /// <summary>Whether the body has begun to be sent. Until then the service has nothing that it could work on.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Why a source failed while the body was being sent, or null. The body then never was whole.</summary>
    public ServiceError? SourceFailure { get; private set; }

    /// <summary>What is laid out, until <see cref="EndLayout"/>.</summary>
    protected ArrayBufferWriter<byte> Body => _draft ?? throw new InvalidOperationException("The body is laid out already.");

    /// <summary>Takes an insert over, so that it is closed whatever happens; it goes where <see cref="Place"/> puts it.</summary>
    protected void Keep(BodyInsert insert) => _inserts.Add((0, insert));

    /// <summary>Puts the insert kept last at an offset of <see cref="Body"/>. Offsets only grow.</summary>
    protected void Place(int offset) => _inserts[^1] = (offset, _inserts[^1].Insert);

    /// <summary>Keeps what is laid out in as much memory as it needs: the client holds a body until its answer has come, and thousands wait for theirs.</summary>
    protected void EndLayout()
    {
        _body = Body.WrittenSpan.ToArray();
        _draft = null;
    }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        HasStarted = true;
        var at = 0;
        foreach (var (offset, insert) in _inserts)
        {
            await stream.WriteAsync(_body[at..offset], cancellationToken);
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

        await stream.WriteAsync(_body[at..], cancellationToken);
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length + _inserts.Sum(i => i.Insert.Length);
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
