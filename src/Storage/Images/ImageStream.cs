using System.Buffers;
using System.Security.Cryptography;
using Darkroom.Jobs.Images;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Storage.Images;

/// <summary>
/// Takes one image as it arrives and hands it on in blocks, from a pooled buffer that grows with the image. Hash, length and format are taken
/// on the way. Closing does no I/O: what is left in the buffer goes out when the sink commits, so closing can't fail.
/// </summary>
internal abstract class ImageStream : Stream
{
    private const int FirstBufferBytes = ImageHeader.EnoughBytes;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ImageSniffer _sniffer = new();
    private readonly int _index;
    private readonly Func<string?, string> _pathOf;
    private readonly int _blockBytes;
    private byte[]? _buffer;
    private int _held;
    private long _sent;
    private bool _failed;
    private StoredImage? _finished;

    /// <param name="index">0-based place among the images of the answer.</param>
    /// <param name="pathOf">The image's path in the store by its format, null for one that isn't known.</param>
    /// <param name="blockBytes">Size of a full block; at least <see cref="ImageHeader.EnoughBytes"/>, since the format is read off the first.</param>
    protected ImageStream(int index, Func<string?, string> pathOf, int blockBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockBytes, ImageHeader.EnoughBytes);
        _index = index;
        _pathOf = pathOf;
        _blockBytes = blockBytes;
    }

    /// <summary>The image's path in the store, whose ending says what the bytes are. It stands once a first block has gone or the image has been described.</summary>
    public string ImagePath => _pathOf(_sniffer.Format);

    /// <summary>True once the writer has closed the stream.</summary>
    public bool IsClosed { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => !IsClosed;

    public override long Length => _sent + _held;

    public override long Position
    {
        get => Length;
        set => throw new NotSupportedException();
    }

    /// <summary>What didn't fill a block. Valid until <see cref="ReleaseBuffer"/>.</summary>
    protected ReadOnlyMemory<byte> Tail => _buffer.AsMemory(0, _held);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        while (!buffer.IsEmpty)
        {
            MakeRoom(buffer.Length);
            var taken = Math.Min(buffer.Length, Capacity - _held);
            buffer[..taken].CopyTo(_buffer.AsMemory(_held));
            _held += taken;
            buffer = buffer[taken..];
            if (_held == _blockBytes) await SendAsync(cancellationToken);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Not supported: a store may have to wait for a network.</summary>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Images are written with WriteAsync.");

    /// <summary>Does nothing: the sink flushes when it commits.</summary>
    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>What the image turned out to be. Takes no more bytes afterwards.</summary>
    /// <exception cref="InvalidOperationException">It is still open, or a write failed and it isn't whole.</exception>
    public StoredImage Describe()
    {
        if (_finished is not null) return _finished;
        if (!IsClosed) throw new InvalidOperationException($"{ImagePath} is still being written.");
        if (_failed) throw new InvalidOperationException($"{ImagePath} isn't whole: a write failed.");
        Account();
        return _finished = new StoredImage(_index, ImagePath, Length, Convert.ToHexStringLower(_hash.GetHashAndReset()),
            _sniffer.Format ?? "unknown", _sniffer.Width, _sniffer.Height);
    }

    /// <summary>Gives the buffer back to the pool; safe to repeat.</summary>
    public void ReleaseBuffer()
    {
        if (_buffer is null) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _sent += _held;
        _held = 0;
    }

    /// <summary>Frees everything; after <see cref="Stream.Dispose()"/>, which only closes.</summary>
    public virtual void Release()
    {
        IsClosed = true;
        ReleaseBuffer();
        _hash.Dispose();
    }

    /// <summary>Hands on one full block.</summary>
    protected abstract ValueTask WriteBlockAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken);

    protected override void Dispose(bool disposing)
    {
        IsClosed = true;
        base.Dispose(disposing);
    }

    // A rented array can be longer than asked for; blocks are of one size all the same.
    private int Capacity => _buffer is null ? 0 : Math.Min(_buffer.Length, _blockBytes);

    private void MakeRoom(int wanted)
    {
        if (_held < Capacity) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(_blockBytes, Math.Max(FirstBufferBytes, Math.Max(2 * _held, _held + wanted))));
        if (_buffer is not null)
        {
            _buffer.AsSpan(0, _held).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        Account();
        // Until the block is away the image isn't whole, whatever becomes of the call.
        _failed = true;
        await WriteBlockAsync(_buffer.AsMemory(0, _held), cancellationToken);
        _failed = false;
        _sent += _held;
        _held = 0;
    }

    private void Account()
    {
        var block = _buffer.AsSpan(0, _held);
        _sniffer.Take(block);
        _hash.AppendData(block);
    }
}
