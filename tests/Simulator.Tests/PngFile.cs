using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Darkroom.Simulator.Tests;

/// <summary>A PNG reader of the tests' own: checks every chunk's CRC and decodes 8-bit RGB and RGBA.</summary>
internal sealed record PngFile(int Width, int Height, int Channels, byte[] Pixels)
{
    public static PngFile Read(byte[] file)
    {
        file.AsSpan(0, 8).SequenceEqual((ReadOnlySpan<byte>)[137, 80, 78, 71, 13, 10, 26, 10]).ShouldBeTrue("signature");
        using var packed = new MemoryStream();
        var header = Array.Empty<byte>();
        var last = "";
        for (var at = 8; at < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            last = Encoding.ASCII.GetString(file, at + 4, 4);
            var data = file.AsSpan(at + 8, length);
            Crc(file.AsSpan(at + 4, length + 4)).ShouldBe(BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + length)), $"CRC of {last}");
            if (last == "IHDR")
            {
                header = data.ToArray();
            }
            else if (last == "IDAT")
            {
                packed.Write(data);
            }

            at += length + 12;
        }

        last.ShouldBe("IEND");
        header[8].ShouldBe((byte)8);
        packed.Position = 0;
        using var zip = new ZLibStream(packed, CompressionMode.Decompress);
        using var raw = new MemoryStream();
        zip.CopyTo(raw);
        var channels = header[9] switch { 2 => 3, 6 => 4, _ => throw new NotSupportedException($"colour type {header[9]}") };
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(header), BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)));
        return new(width, height, channels, Unfilter(raw.ToArray(), width * channels, height, channels));
    }

    public (int R, int G, int B, int A) At(int x, int y)
    {
        var i = ((y * Width) + x) * Channels;
        return (Pixels[i], Pixels[i + 1], Pixels[i + 2], Channels == 4 ? Pixels[i + 3] : 255);
    }

    private static byte[] Unfilter(byte[] raw, int stride, int height, int channels)
    {
        raw.Length.ShouldBe((stride + 1) * height);
        var pixels = new byte[stride * height];
        for (var y = 0; y < height; y++)
        {
            var filter = raw[y * (stride + 1)];
            for (var x = 0; x < stride; x++)
            {
                var value = raw[(y * (stride + 1)) + 1 + x];
                var left = x < channels ? 0 : pixels[(y * stride) + x - channels];
                var above = y == 0 ? 0 : pixels[((y - 1) * stride) + x];
                var corner = y == 0 || x < channels ? 0 : pixels[((y - 1) * stride) + x - channels];
                var predicted = filter switch
                {
                    0 => 0,
                    1 => left,
                    2 => above,
                    3 => (left + above) / 2,
                    4 => Paeth(left, above, corner),
                    _ => throw new NotSupportedException($"filter {filter}"),
                };
                pixels[(y * stride) + x] = (byte)(value + predicted);
            }
        }

        return pixels;
    }

    private static int Paeth(int left, int above, int corner)
    {
        var estimate = left + above - corner;
        var (toLeft, toAbove, toCorner) = (Math.Abs(estimate - left), Math.Abs(estimate - above), Math.Abs(estimate - corner));
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
