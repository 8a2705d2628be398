using System.Buffers;

namespace Darkroom.Jobs.Editing;

/// <summary>The inside of a <c>b64_json</c> string as it arrives: undoes JSON escapes, decodes base64, finds the closing quote.</summary>
internal sealed class ImageText
{
    private static readonly SearchValues<byte> Ends = SearchValues.Create("\"\\"u8);

    private readonly Base64Decoder _decoder = new();
    private readonly byte[] _hex = new byte[4];
    private int _hexSeen = -1;
    private bool _escaped;

    /// <summary>Whether the text is not base64. The string is then still followed to its end.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Makes ready for the next image.</summary>
    public void Reset()
    {
        _decoder.Reset();
        _escaped = IsBroken = false;
        _hexSeen = -1;
    }

    /// <summary>Takes the next bytes, up to and with the closing quote.</summary>
    /// <returns>Whether the string has ended.</returns>
    public bool Take(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written)
    {
        written = 0;
        consumed = 0;
        while (consumed < input.Length)
        {
            if (_escaped)
            {
                Escaped(input[consumed++], output, ref written);
                continue;
            }

            var rest = input[consumed..];
            var end = rest.IndexOfAny(Ends);
            Decode(end < 0 ? rest : rest[..end], output, ref written);
            if (end < 0)
            {
                consumed = input.Length;
                return false;
            }

            consumed += end + 1;
            if (rest[end] == (byte)'"')
            {
                Finish(output, ref written);
                return true;
            }

            _escaped = true;
        }

        return false;
    }

    private void Escaped(byte value, Span<byte> output, ref int written)
    {
        if (_hexSeen >= 0)
        {
            _hex[_hexSeen++] = value;
            if (_hexSeen < 4) return;
            _hexSeen = -1;
            _escaped = false;
            if (!System.Buffers.Text.Utf8Parser.TryParse(_hex, out ushort unit, out var read, 'X') || read != 4 || unit > 127) IsBroken = true;
            else Decode([(byte)unit], output, ref written);
            return;
        }

        if (value == (byte)'u')
        {
            _hexSeen = 0;
            return;
        }

        _escaped = false;
        switch (value)
        {
            case (byte)'/':
                Decode("/"u8, output, ref written);
                break;
            case (byte)'n' or (byte)'r' or (byte)'t':
                // A line break or tab; base64 skips it.
                break;
            default:
                IsBroken = true;
                break;
        }
    }

    private void Decode(ReadOnlySpan<byte> text, Span<byte> output, ref int written)
    {
        if (IsBroken || text.IsEmpty) return;
        if (_decoder.TryDecode(text, output[written..], out var more)) written += more;
        else IsBroken = true;
    }

    private void Finish(Span<byte> output, ref int written)
    {
        if (IsBroken) return;
        if (_decoder.TryFinish(output[written..], out var more)) written += more;
        else IsBroken = true;
    }
}
