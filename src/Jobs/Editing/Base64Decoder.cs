using System.Buffers;
using System.Buffers.Text;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// Decodes base64 that arrives in pieces of any size. Spaces and line breaks are skipped wherever they stand, padding may be missing;
/// anything else outside the alphabet is broken, and so is text after padding.
/// </summary>
internal sealed class Base64Decoder
{
    private static readonly SearchValues<byte> Space = SearchValues.Create(" \t\r\n"u8);

    private readonly byte[] _carry = new byte[4];
    private int _carried;
    private int _padding;

    /// <summary>Bytes of output that <paramref name="textLength"/> bytes of text need at most, with what is carried over.</summary>
    public static int OutputFor(int textLength) => (((textLength + 3) / 4) * 3) + 3;

    /// <summary>Forgets what was carried, for the next image.</summary>
    public void Reset() => _carried = _padding = 0;

    /// <summary>Decodes one piece.</summary>
    /// <returns>False when it is broken.</returns>
    public bool TryDecode(ReadOnlySpan<byte> text, Span<byte> output, out int written)
    {
        written = 0;
        var pad = text.IndexOf((byte)'=');
        var body = pad < 0 ? text : text[..pad];
        if (_padding > 0)
        {
            if (body.IndexOfAnyExcept(Space) >= 0) return false;
        }
        else if (!TryDecodeBody(body, output, ref written))
        {
            return false;
        }

        return pad < 0 || TryPad(text[pad..]);
    }

    /// <summary>Decodes what is left at the end: one or two bytes, or none.</summary>
    /// <returns>False when the text broke off inside a byte, or has more padding than it needs.</returns>
    public bool TryFinish(Span<byte> output, out int written)
    {
        written = 0;
        if (_carried == 0) return _padding == 0;
        if (_carried == 1 || _padding > 4 - _carried) return false;
        _carry.AsSpan(_carried).Fill((byte)'A');
        Span<byte> last = stackalloc byte[3];
        if (Base64.DecodeFromUtf8(_carry, last, out _, out _) != OperationStatus.Done) return false;
        written = _carried - 1;
        last[..written].CopyTo(output);
        return true;
    }

    // The framework's decoder is given whole groups of four without space only: with space among them, and more to come, it answers wrongly
    // (.NET 10: "QUJ " reads as one byte).
    private bool TryDecodeBody(ReadOnlySpan<byte> text, Span<byte> output, ref int written)
    {
        while (true)
        {
            var start = text.IndexOfAnyExcept(Space);
            if (start < 0) return true;
            text = text[start..];
            var end = text.IndexOfAny(Space);
            var run = end < 0 ? text : text[..end];
            text = text[run.Length..];
            while (_carried > 0 && !run.IsEmpty)
            {
                if (!TryCarry(run[0], output, ref written)) return false;
                run = run[1..];
            }

            var whole = run[..(run.Length & ~3)];
            if (Base64.DecodeFromUtf8(whole, output[written..], out _, out var more) != OperationStatus.Done) return false;
            written += more;
            foreach (var value in run[whole.Length..])
                if (!TryCarry(value, output, ref written)) return false;
        }
    }

    private bool TryCarry(byte value, Span<byte> output, ref int written)
    {
        if (!char.IsAsciiLetterOrDigit((char)value) && value is not ((byte)'+' or (byte)'/')) return false;
        _carry[_carried++] = value;
        if (_carried < 4) return true;
        _carried = 0;
        if (Base64.DecodeFromUtf8(_carry, output[written..], out _, out var three) != OperationStatus.Done) return false;
        written += three;
        return true;
    }

    private bool TryPad(ReadOnlySpan<byte> text)
    {
        foreach (var value in text)
        {
            if (value == (byte)'=')
            {
                // Capped so that a gigabyte of padding can't wrap around into none.
                if (++_padding > 2) return false;
            }
            else if (!Space.Contains(value))
            {
                return false;
            }
        }

        return true;
    }
}
