using System.Text;

namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>A stretch of a stream that slides over it and grows only when a single row needs it.</summary>
internal sealed class ByteWindow(Stream stream, int capacity = 128 * 1024)
{
    private byte[] _buffer = new byte[capacity];
    private int _start;
    private int _end;

    /// <summary>What has been read and not consumed; valid until the next call.</summary>
    public ReadOnlySpan<byte> Span => _buffer.AsSpan(_start, _end - _start);

    public int Length => _end - _start;

    /// <summary>1-based line of the first byte of <see cref="Span"/>.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>Whether the stream has no more than what is here.</summary>
    public bool Ended { get; private set; }

    /// <summary>Why the stream ended before its end, or null.</summary>
    public string? Fault { get; private set; }

    public void Consume(int count)
    {
        Line += _buffer.AsSpan(_start, count).Count((byte)'\n');
        _start += count;
    }

    /// <summary>Reads on until the buffer is full (it is doubled first when it is) or the stream ends.</summary>
    public async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        while (_end < _buffer.Length && !Ended) await ReadOnceAsync(cancellationToken);
    }

    /// <summary>Reads what the stream gives at once, at least a byte if there is one.</summary>
    public ValueTask ReadMoreAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        return ReadOnceAsync(cancellationToken);
    }

    private async ValueTask ReadOnceAsync(CancellationToken cancellationToken)
    {
        var read = 0;
        try
        {
            read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        }
        catch (DecoderFallbackException)
        {
            Fault = "is UTF-16 and has half of a character: it breaks off or is damaged; save it as UTF-8";
        }

        _end += read;
        if (read == 0) Ended = true;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            Span.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        // Below half full, what comes in a read is much; above, doubling keeps the number of moves and of new looks at a long row small.
        if (_end > _buffer.Length / 2) Array.Resize(ref _buffer, (int)Math.Min(2L * _buffer.Length, Array.MaxLength));
    }
}
