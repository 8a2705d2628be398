using System.Buffers.Binary;
using System.Text;

namespace Darkroom.Simulator.Imaging;

/// <summary>
/// Writes baseline JPEGs as a mosaic: one colour for every 8×8 block, that is the DC coefficient alone. Small, quick, valid,
/// and the picture can still be recognised.
/// </summary>
internal static class JpegEncoder
{
    private const int Block = 8;

    /// <summary>The usual luminance DC code lengths (ITU-T T.81, table K.3).</summary>
    private static readonly byte[] DcLengths = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];

    private static readonly (int Code, int Bits)[] DcCodes = BuildDcCodes();

    /// <summary>Encodes a picture; see <see cref="PngEncoder.Encode"/> for the parameters.</summary>
    public static byte[] Encode(Raster picture, int scale = 1, string? comment = null, int padTo = 0)
    {
        using var file = new MemoryStream(Math.Max(padTo, 1 << 14));
        file.Write([0xFF, 0xD8]);
        WriteSegment(file, 0xE0, [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
        if (comment is not null)
        {
            WriteSegment(file, 0xFE, Encoding.Latin1.GetBytes(comment));
        }

        WriteTables(file, picture.Width * scale, picture.Height * scale);
        var scan = Scan(picture, scale);
        for (var missing = padTo - (int)file.Length - scan.Length - 16; missing > 4; missing -= 65_000)
        {
            WriteSegment(file, 0xFE, Padding.Bytes(Math.Min(missing, 65_000) - 4));
        }

        WriteSegment(file, 0xDA, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
        file.Write(scan);
        file.Write([0xFF, 0xD9]);
        return file.ToArray();
    }

    private static void WriteTables(Stream file, int width, int height)
    {
        // A block of one value v has the DC coefficient 8(v − 128); quantised by 8 that is v − 128 itself.
        var quantisers = new byte[65];
        Array.Fill(quantisers, (byte)8, 1, 64);
        WriteSegment(file, 0xDB, quantisers);
        byte[] frame = [8, 0, 0, 0, 0, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0];
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(1), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(3), (ushort)width);
        WriteSegment(file, 0xC0, frame);
        WriteSegment(file, 0xC4, [0x00, .. DcLengths, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        // The AC table knows one word: end of block.
        WriteSegment(file, 0xC4, [0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    private static byte[] Scan(Raster picture, int scale)
    {
        var bits = new BitWriter();
        var columns = ((picture.Width * scale) + Block - 1) / Block;
        var rows = ((picture.Height * scale) + Block - 1) / Block;
        Span<int> before = stackalloc int[3];
        Span<int> now = stackalloc int[3];
        for (var y = 0; y < rows; y++)
        {
            for (var x = 0; x < columns; x++)
            {
                ToYcc(Mean(picture, x * Block / scale, y * Block / scale, Math.Max(1, Block / scale)), now);
                for (var part = 0; part < 3; part++)
                {
                    WriteDc(bits, now[part] - before[part]);
                    before[part] = now[part];
                }
            }
        }

        return bits.Finish();
    }

    private static Rgb Mean(Raster picture, int left, int top, int edge)
    {
        int r = 0, g = 0, b = 0, count = 0;
        for (var y = top; y < Math.Min(top + edge, picture.Height); y++)
        {
            for (var x = left; x < Math.Min(left + edge, picture.Width); x++)
            {
                var at = ((y * picture.Width) + x) * 4;
                r += picture.Pixels[at];
                g += picture.Pixels[at + 1];
                b += picture.Pixels[at + 2];
                count++;
            }
        }

        return new((float)r / count, (float)g / count, (float)b / count);
    }

    /// <summary>JFIF's colour space, less the level shift of 128 for luminance; chroma is centred on zero already.</summary>
    private static void ToYcc(Rgb colour, Span<int> to)
    {
        to[0] = (int)MathF.Round(colour.Luma) - 128;
        to[1] = (int)MathF.Round((colour.B - colour.Luma) * 0.564f);
        to[2] = (int)MathF.Round((colour.R - colour.Luma) * 0.713f);
    }

    private static void WriteDc(BitWriter bits, int difference)
    {
        var category = 32 - int.LeadingZeroCount(Math.Abs(difference));
        bits.Write(DcCodes[category].Code, DcCodes[category].Bits);
        bits.Write(difference < 0 ? difference + (1 << category) - 1 : difference, category);
        bits.Write(0, 1);
    }

    private static (int Code, int Bits)[] BuildDcCodes()
    {
        var codes = new List<(int, int)>();
        var code = 0;
        for (var length = 1; length <= DcLengths.Length; length++)
        {
            for (var i = 0; i < DcLengths[length - 1]; i++)
            {
                codes.Add((code++, length));
            }

            code <<= 1;
        }

        return [.. codes];
    }

    private static void WriteSegment(Stream file, byte marker, ReadOnlySpan<byte> data)
    {
        Span<byte> head = [0xFF, marker, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(head[2..], (ushort)(data.Length + 2));
        file.Write(head);
        file.Write(data);
    }

    /// <summary>Bits, highest first, with a zero after every 0xFF.</summary>
    private sealed class BitWriter
    {
        private readonly MemoryStream bytes = new();
        private int held;
        private int count;

        public void Write(int value, int length)
        {
            for (var bit = length - 1; bit >= 0; bit--)
            {
                held = (held << 1) | ((value >> bit) & 1);
                if (++count == 8)
                {
                    bytes.WriteByte((byte)held);
                    if (held == 0xFF)
                    {
                        bytes.WriteByte(0);
                    }

                    (held, count) = (0, 0);
                }
            }
        }

        public byte[] Finish()
        {
            while (count != 0)
            {
                Write(1, 1);
            }

            return bytes.ToArray();
        }
    }
}
