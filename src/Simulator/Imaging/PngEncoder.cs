using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Darkroom.Simulator.Imaging;

/// <summary>
/// Writes 8-bit RGB or RGBA PNGs, optionally enlarged by a whole factor. A repeated row costs one run of zeros (filter Up),
/// so that a picture computed at half its size is nearly as cheap to write as a small one.
/// </summary>
internal static class PngEncoder
{
    private const int MaxPadding = int.MaxValue / 2;

    /// <summary>Encodes a picture.</summary>
    /// <param name="scale">Every pixel becomes a square of this edge.</param>
    /// <param name="alpha">Whether the file has an alpha channel.</param>
    /// <param name="comment">A text chunk that tells equal pictures of different answers apart, or null.</param>
    /// <param name="padTo">The file's size in bytes, reached by a private chunk that decoders skip, and before that the picture takes as few as it can; 0 = as it comes.</param>
    public static byte[] Encode(Raster picture, int scale = 1, bool alpha = false, string? comment = null, int padTo = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(padTo, MaxPadding);
        using var file = new MemoryStream(Math.Max(padTo, 1 << 16));
        file.Write(PngChunk.Signature);
        PngChunk.Write(file, "IHDR", Header(picture.Width * scale, picture.Height * scale, alpha));
        if (comment is not null)
        {
            PngChunk.Write(file, "tEXt", Encoding.Latin1.GetBytes("Comment\0" + comment));
        }

        PngChunk.Write(file, "IDAT", Compress(picture, scale, alpha, padTo > 0 ? CompressionLevel.SmallestSize : CompressionLevel.Fastest));
        var missing = padTo - (int)file.Length - 24;
        if (missing > 0)
        {
            PngChunk.Write(file, "drKp", Padding.Bytes(missing));
        }

        PngChunk.Write(file, "IEND", []);
        return file.ToArray();
    }

    private static byte[] Header(int width, int height, bool alpha)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        header[9] = (byte)(alpha ? 6 : 2);
        return header;
    }

    private static ReadOnlySpan<byte> Compress(Raster picture, int scale, bool alpha, CompressionLevel level)
    {
        var packed = new MemoryStream(1 << 16);
        var channels = alpha ? 4 : 3;
        var row = new byte[1 + (picture.Width * scale * channels)];
        var repeat = new byte[row.Length];
        repeat[0] = 2;
        using (var zip = new ZLibStream(packed, level, leaveOpen: true))
        {
            for (var y = 0; y < picture.Height; y++)
            {
                FillRow(picture, y, scale, channels, row);
                zip.Write(row);
                for (var i = 1; i < scale; i++)
                {
                    zip.Write(repeat);
                }
            }
        }

        return packed.GetBuffer().AsSpan(0, (int)packed.Length);
    }

    /// <summary>Filter Sub: each byte less the one a pixel to the left; within an enlarged pixel that is zero.</summary>
    private static void FillRow(Raster picture, int y, int scale, int channels, byte[] row)
    {
        Array.Clear(row);
        row[0] = 1;
        var from = picture.Pixels.AsSpan(y * picture.Width * 4, picture.Width * 4);
        byte r = 0, g = 0, b = 0, a = 0;
        var to = 1;
        for (var at = 0; at < from.Length; at += 4)
        {
            row[to] = (byte)(from[at] - r);
            row[to + 1] = (byte)(from[at + 1] - g);
            row[to + 2] = (byte)(from[at + 2] - b);
            (r, g, b) = (from[at], from[at + 1], from[at + 2]);
            if (channels == 4)
            {
                row[to + 3] = (byte)(from[at + 3] - a);
                a = from[at + 3];
            }

            to += channels * scale;
        }
    }
}
