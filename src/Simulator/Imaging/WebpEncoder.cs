using System.Buffers.Binary;

namespace Darkroom.Simulator.Imaging;

/// <summary>
/// Writes lossless WebPs of a single colour: every prefix code has one symbol, so that a pixel takes no bits at all and a file
/// of any size is some 50 bytes (WebP lossless bitstream specification, section 6.2.1).
/// </summary>
internal static class WebpEncoder
{
    /// <summary>The largest edge that the format can say.</summary>
    private const int MaxEdge = 16_384;

    /// <summary>Encodes a flat picture.</summary>
    /// <param name="alpha">0 (transparent) to 255 (opaque).</param>
    /// <param name="padTo">The file's size in bytes, reached by an unknown chunk at the end; 0 = as it comes.</param>
    public static byte[] Encode(int width, int height, Rgb colour, byte alpha = 255, int padTo = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, MaxEdge);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, MaxEdge);
        var picture = Bitstream(width, height, colour, alpha);
        using var file = new MemoryStream(Math.Max(padTo, 64));
        file.Write("RIFF\0\0\0\0WEBP"u8);
        WriteChunk(file, "VP8X"u8, Extended(width, height, alpha));
        WriteChunk(file, "VP8L"u8, picture);
        var missing = padTo - (int)file.Length - 8;
        if (missing > 0)
        {
            WriteChunk(file, "drKp"u8, Padding.Bytes(missing));
        }

        var bytes = file.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        return bytes;
    }

    private static byte[] Extended(int width, int height, byte alpha)
    {
        var data = new byte[10];
        data[0] = (byte)(alpha == 255 ? 0 : 0x10);
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(4), (ushort)(width - 1));
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(7), (ushort)(height - 1));
        return data;
    }

    private static byte[] Bitstream(int width, int height, Rgb colour, byte alpha)
    {
        var bits = new BitWriter();
        bits.Write(0x2F, 8);
        bits.Write(width - 1, 14);
        bits.Write(height - 1, 14);
        bits.Write(alpha == 255 ? 0 : 1, 1);
        bits.Write(0, 3);
        bits.Write(0, 3); // no transform, no colour cache, one set of prefix codes
        foreach (var symbol in (ReadOnlySpan<byte>)[(byte)colour.G, (byte)colour.R, (byte)colour.B, alpha])
        {
            bits.Write(0b101, 3); // a simple code of one symbol, eight bits wide
            bits.Write(symbol, 8);
        }

        bits.Write(0b0001, 4); // distances: a simple code of the symbol 0, one bit wide
        return bits.Finish();
    }

    private static void WriteChunk(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, data.Length);
        file.Write(type);
        file.Write(length);
        file.Write(data);
        if (data.Length % 2 == 1)
        {
            file.WriteByte(0);
        }
    }

    /// <summary>Bits, lowest first.</summary>
    private sealed class BitWriter
    {
        private readonly List<byte> bytes = [];
        private int count;

        public void Write(int value, int length)
        {
            for (var bit = 0; bit < length; bit++, count++)
            {
                if (count % 8 == 0)
                {
                    bytes.Add(0);
                }

                bytes[^1] |= (byte)(((value >> bit) & 1) << (count % 8));
            }
        }

        public byte[] Finish() => [.. bytes];
    }
}
