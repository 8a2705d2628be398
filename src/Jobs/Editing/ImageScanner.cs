using System.Buffers;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// Goes through one JSON document as it arrives, cut anywhere, and takes the images out: the value of <c>b64_json</c> in the root object or in an
/// object of the root's <c>data</c> array is decoded into the caller's buffer, and its place in the <see cref="Skeleton"/>, which keeps all else, is
/// taken by the image's number. So an image is never held as a string. Grammar is not checked here: whoever parses the skeleton does that, and
/// compares the numbers that it finds with <see cref="Images"/>.
/// </summary>
internal sealed class ImageScanner
{
    /// <summary>Most bytes of a skeleton.</summary>
    public const int MaxSkeleton = 4 * 1024 * 1024;

    /// <summary>Deepest nesting; that of <see cref="System.Text.Json.JsonDocument"/>.</summary>
    public const int MaxDepth = 64;

    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]:,"u8);
    private static readonly SearchValues<byte> StringEnds = SearchValues.Create("\"\\"u8);

    private readonly ArrayBufferWriter<byte> _skeleton = new(1024);
    private readonly bool[] _isObject = new bool[MaxDepth + 1];
    private readonly ImageText _image = new();
    private State _state;
    private int _depth;
    private bool _expectKey;
    private bool _inKey;
    private bool _isTarget;
    private bool _colonSeen;
    private bool _inData;
    private int _keyStart;

    private enum State
    {
        Outside,
        InString,
        InEscape,
        InImage,
    }

    /// <summary>All but the images.</summary>
    public ReadOnlyMemory<byte> Skeleton => _skeleton.WrittenMemory;

    /// <summary>How many images have begun.</summary>
    public int Images { get; private set; }

    /// <summary>Whether the document breaks off inside a string, an object or an array, or hasn't begun.</summary>
    public bool IsOpen => _depth > 0 || _state != State.Outside || _skeleton.WrittenCount == 0;

    /// <summary>Makes ready for another document.</summary>
    public void Reset()
    {
        _skeleton.ResetWrittenCount();
        _state = State.Outside;
        _depth = 0;
        _expectKey = _inKey = _isTarget = _colonSeen = _inData = false;
        Images = 0;
    }

    /// <summary>Takes input up to its end or the next event, whichever comes first.</summary>
    /// <param name="input">The next bytes of the document.</param>
    /// <param name="output">At least <see cref="Base64Decoder.OutputFor"/> of the input's length.</param>
    public ScanStep Step(ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (_state == State.InImage) return StepImage(input, output);
        var at = 0;
        while (at < input.Length)
        {
            var rest = input[at..];
            var length = _state switch
            {
                State.Outside => TakeOutside(rest),
                State.InString => TakeString(rest),
                _ => TakeEscaped(),
            };
            if (length < 0 || _skeleton.WrittenCount + length > MaxSkeleton) return new ScanStep(at, 0, ScanEvent.TooLarge);
            at += length;
            if (_state == State.InImage)
            {
                // The opening quote is dropped, and a number stands for the string.
                _skeleton.Write(rest[..(length - 1)]);
                System.Buffers.Text.Utf8Formatter.TryFormat(Images++, _skeleton.GetSpan(11), out var digits);
                _skeleton.Advance(digits);
                _image.Reset();
                return new ScanStep(at, 0, ScanEvent.ImageStarted);
            }

            _skeleton.Write(rest[..length]);
            if (_inKey && _state == State.Outside) EndKey();
        }

        return new ScanStep(at, 0, ScanEvent.None);
    }

    private ScanStep StepImage(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var ended = _image.Take(input, output, out var consumed, out var written);
        if (!ended) return new ScanStep(consumed, written, ScanEvent.None);
        _state = State.Outside;
        _isTarget = false;
        return new ScanStep(consumed, written, _image.IsBroken ? ScanEvent.ImageBroken : ScanEvent.ImageEnded);
    }

    private int TakeString(ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOfAny(StringEnds);
        if (end < 0) return rest.Length;
        _state = rest[end] == (byte)'"' ? State.Outside : State.InEscape;
        return end + 1;
    }

    private int TakeEscaped()
    {
        _state = State.InString;
        return 1;
    }

    // Takes up to and with the next character that means something; negative when nested too deep.
    private int TakeOutside(ReadOnlySpan<byte> rest)
    {
        var at = rest.IndexOfAny(Structure);
        var skipped = at < 0 ? rest : rest[..at];
        if (_isTarget && skipped.IndexOfAnyExcept(" \t\r\n"u8) >= 0) _isTarget = false;
        if (at < 0) return rest.Length;
        switch (rest[at])
        {
            case (byte)'"':
                BeginString(at);
                break;
            case (byte)'{' or (byte)'[':
                if (_depth == MaxDepth) return -1;
                _isObject[++_depth] = _expectKey = rest[at] == (byte)'{';
                _isTarget = false;
                break;
            case (byte)'}' or (byte)']':
                if (_depth > 0) _depth--;
                _expectKey = _isTarget = false;
                break;
            case (byte)':':
                _colonSeen = true;
                _expectKey = false;
                break;
            default:
                _expectKey = _depth > 0 && _isObject[_depth];
                _isTarget = false;
                break;
        }

        return at + 1;
    }

    private void BeginString(int skipped)
    {
        if (_isTarget && _colonSeen)
        {
            _state = State.InImage;
            return;
        }

        _isTarget = false;
        _state = State.InString;
        _inKey = _expectKey;
        _keyStart = _skeleton.WrittenCount + skipped;
    }

    private void EndKey()
    {
        _inKey = _expectKey = _colonSeen = false;
        var key = _skeleton.WrittenSpan[_keyStart..];
        if (_depth == 1) _inData = JsonNames.Matches(key, "data"u8);
        var placed = _depth == 1 || (_depth == 3 && _inData && _isObject[1] && !_isObject[2]);
        _isTarget = placed && JsonNames.Matches(key, "b64_json"u8);
    }
}
