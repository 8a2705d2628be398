using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Darkroom.Simulator.Imaging;

/// <summary>Reads 8-bit, non-interlaced PNGs of every colour type. Others are valid, but not decoded here.</summary>
internal static class PngDecoder
{
    /// <summary>The most pixels that are decoded; a larger picture is only looked at by its header.</summary>
    private const int MaxPixels = 50_000_000;

    /// <summary>Decodes a picture.</summary>
    /// <returns>Null when the file is of a kind that isn't read here (16 bit, interlaced, huge).</returns>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static Raster? Decode(ReadOnlySpan<byte> file)
    {
        if (file.Length < 33 || !file.StartsWith(PngChunk.Signature))
        {
            throw new InvalidDataException("not a PNG");
        }

        var header = file.Slice(16, 13);
        var width = BinaryPrimitives.ReadInt32BigEndian(header);
        var height = BinaryPrimitives.ReadInt32BigEndian(header[4..]);
        if (header[8] != 8 || header[12] != 0 || width <= 0 || height <= 0 || (long)width * height > MaxPixels)
        {
            return null;
        }

        int channels = header[9] switch
        {
            0 or 3 => 1,
            2 => 3,
            4 => 2,
            6 => 4,
            _ => throw new InvalidDataException($"colour type {header[9]}"),
        };
        using var packed = new MemoryStream();
        ReadOnlySpan<byte> palette = [], transparency = [];
        for (var rest = file[8..]; rest.Length >= 12;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest);
            if (length < 0 || length > rest.Length - 12)
            {
                throw new InvalidDataException("a chunk is longer than the file");
            }

            var data = rest.Slice(8, length);
            switch (Encoding.ASCII.GetString(rest.Slice(4, 4)))
            {
                case "IDAT":
                    packed.Write(data);
                    break;
                case "PLTE":
                    palette = data;
                    break;
                case "tRNS":
                    transparency = data;
                    break;
            }

            rest = rest[(length + 12)..];
        }

        packed.Position = 0;
        var raw = Unfilter(packed, width, height, channels);
        return new Raster(width, height, header[9] == 3 ? FromPalette(raw, palette, transparency) : Spread(raw, channels));
    }

    private static byte[] Unfilter(Stream packed, int width, int height, int channels)
    {
        var stride = width * channels;
        var raw = new byte[stride * height];
        using var zip = new ZLibStream(packed, CompressionMode.Decompress);
        var filter = new byte[1];
        var above = new byte[stride].AsSpan();
        try
        {
            for (var y = 0; y < height; y++)
            {
                zip.ReadExactly(filter);
                var row = raw.AsSpan(y * stride, stride);
                zip.ReadExactly(row);
                Undo(filter[0], row, above, channels);
                above = row;
            }
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("the picture ends early", e);
        }

        return raw;
    }

    private static void Undo(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        for (var i = 0; i < row.Length && filter != 0; i++)
        {
            var left = i < step ? 0 : row[i - step];
            row[i] += (byte)(filter switch
            {
                1 => left,
                2 => above[i],
                3 => (left + above[i]) / 2,
                4 => Paeth(left, above[i], i < step ? 0 : above[i - step]),
                _ => throw new InvalidDataException($"filter {filter}"),
            });
        }
    }

    private static int Paeth(int left, int above, int corner)
    {
        var estimate = left + above - corner;
        var (toLeft, toAbove, toCorner) = (Math.Abs(estimate - left), Math.Abs(estimate - above), Math.Abs(estimate - corner));
        if (toLeft <= toAbove && toLeft <= toCorner)
        {
            return left;
        }

        return toAbove <= toCorner ? above : corner;
    }

    private static byte[] Spread(byte[] raw, int channels)
    {
        if (channels == 4)
        {
            return raw;
        }

        var pixels = new byte[raw.Length / channels * 4];
        for (int from = 0, to = 0; to < pixels.Length; from += channels, to += 4)
        {
            var grey = channels < 3;
            pixels[to] = raw[from];
            pixels[to + 1] = grey ? raw[from] : raw[from + 1];
            pixels[to + 2] = grey ? raw[from] : raw[from + 2];
            pixels[to + 3] = channels == 2 ? raw[from + 1] : (byte)255;
        }

        return pixels;
    }

    private static byte[] FromPalette(byte[] raw, ReadOnlySpan<byte> palette, ReadOnlySpan<byte> transparency)
    {
        var pixels = new byte[raw.Length * 4];
        for (var i = 0; i < raw.Length; i++)
        {
            var entry = raw[i] * 3;
            if (entry + 3 > palette.Length)
            {
                throw new InvalidDataException("a pixel is outside the palette");
            }

            palette.Slice(entry, 3).CopyTo(pixels.AsSpan(i * 4));
            pixels[(i * 4) + 3] = raw[i] < transparency.Length ? transparency[raw[i]] : (byte)255;
        }

        return pixels;
    }
}
