using System.Buffers;
using System.Buffers.Text;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// Decodes base64 that arrives in pieces of any size. Spaces and line breaks are skipped wherever they stand, padding may be missing;
/// anything else outside the alphabet is broken, and so is text after padding.
/// </summary>
internal sealed class Base64Decoder
{
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
            if (!OnlySpace(body)) return false;
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

    private bool TryDecodeBody(ReadOnlySpan<byte> text, Span<byte> output, ref int written)
    {
        while (true)
        {
            // Spaces first: a long run of them, tried again and again below, would take quadratic time.
            var start = text.IndexOfAnyExcept(" \t\r\n"u8);
            if (start < 0) return true;
            text = text[start..];
            if (_carried == 0)
            {
                if (Base64.DecodeFromUtf8(text, output[written..], out var read, out var many, isFinalBlock: false) == OperationStatus.InvalidData) return false;
                written += many;
                text = text[read..];
                if (read > 0) continue;
            }

            // What is left is less than four characters, or completes four that a border cut apart.
            if (!TryCarry(text[0])) return false;
            text = text[1..];
            if (_carried < 4) continue;
            if (Base64.DecodeFromUtf8(_carry, output[written..], out _, out var three, isFinalBlock: false) != OperationStatus.Done) return false;
            written += three;
            _carried = 0;
        }
    }

    private bool TryCarry(byte value)
    {
        if (!char.IsAsciiLetterOrDigit((char)value) && value is not ((byte)'+' or (byte)'/')) return false;
        _carry[_carried++] = value;
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
            else if (!IsSpace(value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool OnlySpace(ReadOnlySpan<byte> text) => text.IndexOfAnyExcept(" \t\r\n"u8) < 0;

    private static bool IsSpace(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
