using System.Buffers.Binary;

namespace Darkroom.Jobs.Images;

/// <summary>
/// Tells from the bytes of a file, as they pass, which image it is and whether it came whole. It follows the blocks of the format to the end of the picture and
/// decodes nothing: damaged pixels pass, a text, a header without a picture and a file that breaks off don't. Not safe for concurrent use.
/// </summary>
public sealed class ImageSniffer
{
    private const int HeadBytes = 1024;
    private const int SignatureBytes = 12;

    private readonly byte[] _head = new byte[HeadBytes];
    private readonly byte[] _field = new byte[16];
    private int _headLength;
    private State _state = State.Signature;
    // Of the next field, and what of it is here.
    private int _need = SignatureBytes;
    private int _filled;
    // What passes unread before the next field.
    private long _skip;
    // What the current block has behind the field that is being read.
    private long _rest;
    private byte _marker;
    private bool _endsInFF;
    private bool _isData;
    private bool _hasSize;
    private bool _hasPicture;
    private bool _hasEnd;
    // How long the file has to be, by what its blocks say.
    private long _leastLength;

    private enum State
    {
        Signature,
        PngChunk,
        PngHeader,
        PngEnd,
        JpegMarker,
        JpegFill,
        JpegLength,
        JpegFrame,
        JpegScan,
        WebpChunk,
        WebpExtended,
        WebpLossy,
        WebpLossless,
        GifHeader,
        GifBlock,
        GifLabel,
        GifImage,
        GifCodeSize,
        GifSubBlock,
        Box,
        LargeBox,

        /// <summary>Nothing more is followed: the picture has ended, or this can't be one.</summary>
        Done,
    }

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>One of <see cref="ImageFormats.Known"/> by the first bytes; null when they are none of these.</summary>
    public string? Format { get; private set; }

    /// <summary>Pixels; null until they have come, and for formats that don't tell them in one place.</summary>
    public int? Width { get; private set; }

    /// <summary>Pixels; null until they have come, and for formats that don't tell them in one place.</summary>
    public int? Height { get; private set; }

    /// <summary>The first bytes, up to a kilobyte.</summary>
    public ReadOnlySpan<byte> Head => _head.AsSpan(0, _headLength);

    /// <summary>Whether what has come so far is a picture up to its end.</summary>
    public bool IsWhole => Format switch
    {
        null => false,
        // No mark ends these; their blocks say how long they are.
        "webp" or "avif" => _hasPicture && Length >= _leastLength,
        _ => _hasPicture && _hasEnd,
    };

    /// <summary>What it is, for people: <c>an HTML page</c>, <c>a PNG image that breaks off</c>.</summary>
    public string Description => Format is null
        ? FileKind.Of(Head).What
        : $"{(Format is "avif" ? "an" : "a")} {(Format is "webp" ? "WebP" : Format.ToUpperInvariant())} "
            + (IsWhole ? "image" : _hasPicture ? "image that breaks off" : "header without a picture behind it");

    /// <summary>Takes the next bytes.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        var taken = bytes[..Math.Min(bytes.Length, HeadBytes - _headLength)];
        taken.CopyTo(_head.AsSpan(_headLength));
        _headLength += taken.Length;
        Follow(bytes);
    }

    private void Follow(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && _state != State.Done)
        {
            if (_skip > 0)
            {
                var skipped = (int)Math.Min(_skip, bytes.Length);
                _skip -= skipped;
                bytes = bytes[skipped..];
            }
            else if (_state == State.JpegScan)
            {
                FindJpegEnd(bytes);
                return;
            }
            else
            {
                var taken = Math.Min(_need - _filled, bytes.Length);
                bytes[..taken].CopyTo(_field.AsSpan(_filled));
                _filled += taken;
                bytes = bytes[taken..];
                if (_filled < _need) return;
                _filled = 0;
                TakeField(_field.AsSpan(0, _need), bytes.Length);
            }
        }
    }

    private void TakeField(ReadOnlySpan<byte> field, int behind)
    {
        switch (_state)
        {
            case State.Signature:
                Begin(field.ToArray());
                break;
            case State.PngEnd:
                (_hasEnd, _state) = (true, State.Done);
                break;
            case State.PngChunk or State.PngHeader:
                TakePng(field);
                break;
            case State.JpegMarker or State.JpegFill or State.JpegLength or State.JpegFrame:
                TakeJpeg(field);
                break;
            case State.WebpChunk or State.WebpExtended or State.WebpLossy or State.WebpLossless:
                TakeWebp(field);
                break;
            case State.Box or State.LargeBox:
                TakeBox(field, Length - behind);
                break;
            default:
                TakeGif(field);
                break;
        }
    }

    private void Want(State state, int need, long skip = 0) => (_state, _need, _skip) = (state, need, skip);

    private void Size(uint width, uint height)
    {
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue) return;
        if (!_hasSize) (Width, Height) = ((int)width, (int)height);
        _hasSize = true;
    }

    private void Begin(byte[] start)
    {
        var used = SignatureBytes;
        _state = State.Done;
        if (start is [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..])
        {
            (Format, used) = ("png", 8);
            Want(State.PngChunk, 8);
        }
        else if (start is [0xFF, 0xD8, 0xFF, ..])
        {
            (Format, used) = ("jpeg", 2);
            Want(State.JpegMarker, 2);
        }
        else if (start.AsSpan().StartsWith("RIFF"u8) && start.AsSpan(8).SequenceEqual("WEBP"u8))
        {
            Format = "webp";
            _leastLength = 8L + BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(4));
            Want(State.WebpChunk, 8);
        }
        else if (start.AsSpan().StartsWith("GIF87a"u8) || start.AsSpan().StartsWith("GIF89a"u8))
        {
            (Format, used) = ("gif", 6);
            Want(State.GifHeader, 7);
        }
        else if (FileKind.IsAvif(start))
        {
            Format = "avif";
            Want(State.Box, 8, BinaryPrimitives.ReadUInt32BigEndian(start) - (long)SignatureBytes);
        }

        Follow(start.AsSpan(used));
    }

    private void TakePng(ReadOnlySpan<byte> field)
    {
        if (_state == State.PngHeader)
        {
            Size(BinaryPrimitives.ReadUInt32BigEndian(field), BinaryPrimitives.ReadUInt32BigEndian(field[4..]));
            // Behind the size: depth, colour type, compression, filter, interlace, and the checksum.
            Want(State.PngChunk, 8, skip: 5 + 4);
            return;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(field);
        var type = field[4..];
        var isHeader = type.SequenceEqual("IHDR"u8);
        if (length > int.MaxValue || isHeader == _hasSize || (isHeader && length != 13))
        {
            _state = State.Done;
        }
        else if (isHeader)
        {
            Want(State.PngHeader, 8);
        }
        else if (type.SequenceEqual("IEND"u8))
        {
            // Its checksum.
            Want(State.PngEnd, 4);
        }
        else
        {
            _hasPicture |= length > 0 && type.SequenceEqual("IDAT"u8);
            Want(State.PngChunk, 8, length + 4L);
        }
    }

    private void TakeJpeg(ReadOnlySpan<byte> field)
    {
        switch (_state)
        {
            case State.JpegMarker when field[0] != 0xFF:
                _state = State.Done;
                return;
            case State.JpegMarker or State.JpegFill:
                _marker = field[^1];
                if (_marker == 0xFF) Want(State.JpegFill, 1);
                else if (_marker is 0x01 or (>= 0xD0 and <= 0xD8)) Want(State.JpegMarker, 2);
                else if (_marker == 0xD9) _state = State.Done;
                else Want(State.JpegLength, 2);
                return;
            case State.JpegFrame:
                Size(BinaryPrimitives.ReadUInt16BigEndian(field[3..]), BinaryPrimitives.ReadUInt16BigEndian(field[1..]));
                Want(State.JpegMarker, 2, _rest);
                return;
        }

        // SOF0 to SOF15, less DHT, JPG and DAC, which share the range.
        var isFrame = _marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
        var isScan = _marker == 0xDA;
        var length = BinaryPrimitives.ReadUInt16BigEndian(field) - 2;
        if (length < (isFrame ? 5 : 0) || (isScan && !_hasSize))
        {
            _state = State.Done;
        }
        else if (isFrame)
        {
            _rest = length - 5;
            Want(State.JpegFrame, 5);
        }
        else
        {
            Want(isScan ? State.JpegScan : State.JpegMarker, 2, length);
        }
    }

    // In the picture's data 00 or the number of a restart follows an FF: FF D9 is the end.
    private void FindJpegEnd(ReadOnlySpan<byte> bytes)
    {
        _hasPicture = true;
        if ((_endsInFF && bytes[0] == 0xD9) || bytes.IndexOf([(byte)0xFF, (byte)0xD9]) >= 0) (_hasEnd, _state) = (true, State.Done);
        _endsInFF = bytes[^1] == 0xFF;
    }

    private void TakeWebp(ReadOnlySpan<byte> field)
    {
        if (_state == State.WebpChunk)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(field[4..]);
            var type = field[..4];
            var (state, need) = type.SequenceEqual("VP8X"u8) ? (State.WebpExtended, 10)
                : type.SequenceEqual("VP8 "u8) ? (State.WebpLossy, 10)
                : type.SequenceEqual("VP8L"u8) ? (State.WebpLossless, 5)
                : (State.WebpChunk, 0);
            _hasPicture |= length > need && (state is State.WebpLossy or State.WebpLossless || type.SequenceEqual("ANMF"u8));
            // Chunks are padded to an even length.
            _rest = length + (length & 1L) - need;
            if (length < need) _state = State.Done;
            else if (need == 0) Want(State.WebpChunk, 8, _rest);
            else Want(state, need);
            return;
        }

        if (_state == State.WebpExtended)
        {
            Size(1 + UInt24(field[4..]), 1 + UInt24(field[7..]));
        }
        else if (_state == State.WebpLossless)
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(field[1..]);
            if (field[0] == 0x2F) Size(1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF));
        }
        else if (field[3..6].SequenceEqual(new byte[] { 0x9D, 0x01, 0x2A }))
        {
            Size(BinaryPrimitives.ReadUInt16LittleEndian(field[6..]) & 0x3FFFu, BinaryPrimitives.ReadUInt16LittleEndian(field[8..]) & 0x3FFFu);
        }

        Want(State.WebpChunk, 8, _rest);
    }

    private void TakeGif(ReadOnlySpan<byte> field)
    {
        switch (_state)
        {
            case State.GifHeader:
                Size(BinaryPrimitives.ReadUInt16LittleEndian(field), BinaryPrimitives.ReadUInt16LittleEndian(field[2..]));
                Want(State.GifBlock, 1, TableBytes(field[4]));
                break;
            case State.GifBlock when field[0] == 0x3B:
                (_hasEnd, _state) = (true, State.Done);
                break;
            case State.GifBlock when field[0] == 0x21:
                Want(State.GifLabel, 1);
                break;
            case State.GifBlock when field[0] == 0x2C:
                Want(State.GifImage, 9);
                break;
            case State.GifLabel:
                Want(State.GifSubBlock, 1);
                break;
            case State.GifImage:
                Want(State.GifCodeSize, 1, TableBytes(field[8]));
                break;
            case State.GifCodeSize:
                _hasPicture = true;
                Want(State.GifSubBlock, 1);
                break;
            case State.GifSubBlock when field[0] == 0:
                Want(State.GifBlock, 1);
                break;
            case State.GifSubBlock:
                Want(State.GifSubBlock, 1, field[0]);
                break;
            default:
                _state = State.Done;
                break;
        }
    }

    private static int TableBytes(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);

    private void TakeBox(ReadOnlySpan<byte> field, long at)
    {
        var header = _state == State.Box ? 8 : 16;
        var size = _state == State.Box ? BinaryPrimitives.ReadUInt32BigEndian(field) : BinaryPrimitives.ReadUInt64BigEndian(field);
        if (_state == State.Box) _isData = field[4..].SequenceEqual("mdat"u8);
        if (_state == State.Box && size == 1)
        {
            Want(State.LargeBox, 8);
            return;
        }

        // 0: the box goes on to the end of the file, wherever that is.
        var isKnown = size >= (ulong)header && size <= int.MaxValue;
        _hasPicture |= _isData && (isKnown || size == 0);
        if (isKnown)
        {
            _leastLength = at + (long)size - header;
            Want(State.Box, 8, (long)size - header);
        }
        else
        {
            _state = State.Done;
        }
    }

    private static uint UInt24(ReadOnlySpan<byte> bytes) => (uint)(bytes[0] | (bytes[1] << 8) | (bytes[2] << 16));
}
