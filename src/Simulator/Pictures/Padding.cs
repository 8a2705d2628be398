using System.Buffers.Binary;

namespace Darkroom.Simulator.Pictures;

/// <summary>Brings a picture file to a size in bytes, with filler that decoders skip and that doesn't compress.</summary>
internal static class Padding
{
    private const int RiffHeader = 12, PngChunkFrame = 12, PngEnd = 12, MaxJpegSegment = 65_535;

    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(CrcOfByte)];

    /// <summary>The file with filler; a WebP may come out a byte short or long, a file that is large enough already as it is.</summary>
    public static byte[] Pad(byte[] file, PictureFormat format, int size) => format switch
    {
        PictureFormat.Jpeg => PadJpeg(file, size),
        PictureFormat.Webp => PadWebp(file, size),
        _ => PadPng(file, size),
    };

    // A private chunk before the last one: length, type, data, CRC-32 of type and data (PNG specification, section 5.3).
    private static byte[] PadPng(byte[] file, int size)
    {
        var filler = size - file.Length - PngChunkFrame;
        if (filler < 0) return file;
        var chunk = new byte[PngChunkFrame + filler];
        BinaryPrimitives.WriteInt32BigEndian(chunk, filler);
        "drKp"u8.CopyTo(chunk.AsSpan(4));
        Fill(chunk.AsSpan(8, filler));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + filler), Crc(chunk.AsSpan(4, 4 + filler)));
        return [.. file.AsSpan(0, file.Length - PngEnd), .. chunk, .. file.AsSpan(file.Length - PngEnd)];
    }

    // Comments behind the first segment. What is left over and too short for a comment is left out.
    private static byte[] PadJpeg(byte[] file, int size)
    {
        var start = 4 + BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(4));
        using var comments = new MemoryStream();
        for (var missing = size - file.Length; missing >= 4;)
        {
            var comment = new byte[Math.Min(missing, 2 + MaxJpegSegment)];
            comment[0] = 0xFF;
            comment[1] = 0xFE;
            BinaryPrimitives.WriteUInt16BigEndian(comment.AsSpan(2), (ushort)(comment.Length - 2));
            Fill(comment.AsSpan(4));
            comments.Write(comment);
            missing -= comment.Length;
        }

        return [.. file.AsSpan(0, start), .. comments.ToArray(), .. file.AsSpan(start)];
    }

    // An unknown chunk at the end. It needs the extended form of the file, which every WebP with a description has.
    private static byte[] PadWebp(byte[] file, int size)
    {
        var filler = (size - file.Length - 8) & ~1;
        if (filler < 0) return file;
        var padded = new byte[file.Length + 8 + filler];
        file.CopyTo(padded, 0);
        var chunk = padded.AsSpan(file.Length);
        "drKp"u8.CopyTo(chunk);
        BinaryPrimitives.WriteInt32LittleEndian(chunk[4..], filler);
        Fill(chunk[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(padded.AsSpan(4), padded.Length - RiffHeader + 4);
        return padded;
    }

    // The same bytes for the same length, every time.
    private static void Fill(Span<byte> filler) => new Random(filler.Length).NextBytes(filler);

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data) crc = CrcTable[(crc ^ value) & 255] ^ (crc >> 8);
        return ~crc;
    }

    private static uint CrcOfByte(int value)
    {
        var crc = (uint)value;
        for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : 0xEDB88320u ^ (crc >> 1);
        return crc;
    }
}
