using System.Buffers.Binary;

namespace Darkroom.Jobs.Images;

/// <summary>What the first bytes of a picture say of it. Names and content types lie; headers are what a decoder goes by.</summary>
/// <param name="Format"><c>png</c>, <c>jpeg</c> or <c>webp</c>.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
public sealed record ImageHeader(string Format, int Width, int Height)
{
    /// <summary>How many leading bytes are enough for nearly every file; a JPEG with previews and profiles may need more: see <see cref="ImageHeaderSearch"/>.</summary>
    public const int EnoughBytes = 64 * 1024;

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>EXIF orientation, 1 to 8: from 5 on viewers turn the picture by 90°, and its width and height change places. 1 where nothing says.</summary>
    public int Orientation { get; init; } = 1;

    /// <summary>The MIME type.</summary>
    public string MediaType => MediaTypeOf(Format);

    /// <summary>The MIME type of a format's name.</summary>
    public static string MediaTypeOf(string format) => format is "png" or "jpeg" or "webp" ? $"image/{format}" : "application/octet-stream";

    /// <summary>Reads the format and size off a file's first bytes.</summary>
    /// <returns>Null when they are no PNG, JPEG or WebP header, or break off before the size.</returns>
    public static ImageHeader? Read(ReadOnlySpan<byte> head)
    {
        if (head.Length >= 24 && head.StartsWith(PngSignature) && head[12..16].SequenceEqual("IHDR"u8))
            return Sized("png", BinaryPrimitives.ReadUInt32BigEndian(head[16..]), BinaryPrimitives.ReadUInt32BigEndian(head[20..]));
        if (head.Length >= 4 && head[0] == 0xFF && head[1] == 0xD8 && head[2] == 0xFF)
        {
            var orientation = 1;
            return ReadJpeg(head, 2, ref orientation, out _);
        }

        if (head.Length >= 30 && head[..4].SequenceEqual("RIFF"u8) && head[8..12].SequenceEqual("WEBP"u8)) return ReadWebp(head);
        return null;
    }

    private static ImageHeader? Sized(string format, uint width, uint height) =>
        width is 0 or > int.MaxValue || height is 0 or > int.MaxValue ? null : new ImageHeader(format, (int)width, (int)height);

    /// <summary>Reads a JPEG's segments from <paramref name="at"/> on, up to the frame that tells its size.</summary>
    /// <param name="head">Some of the file's bytes.</param>
    /// <param name="at">Where in them a segment begins.</param>
    /// <param name="orientation">Set when an EXIF segment tells it.</param>
    /// <param name="next">Where in the file, counted from the first of <paramref name="head"/>, the next segment begins; 0 when further segments tell nothing.</param>
    internal static ImageHeader? ReadJpeg(ReadOnlySpan<byte> head, int at, ref int orientation, out int next)
    {
        next = 0;
        while (at + 4 <= head.Length)
        {
            if (head[at] != 0xFF) return null;
            var marker = head[at + 1];
            if (marker == 0xFF)
            {
                at++;
                continue;
            }

            if (marker is 0x01 or (>= 0xD0 and <= 0xD8))
            {
                at += 2;
                continue;
            }

            // SOF0 to SOF15, less DHT, JPG and DAC, which share the range.
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                if (at + 9 > head.Length) break;
                var sized = Sized("jpeg", BinaryPrimitives.ReadUInt16BigEndian(head[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(head[(at + 5)..]));
                return sized is null ? null : sized with { Orientation = orientation };
            }

            if (marker is 0xD9 or 0xDA) return null;
            var length = BinaryPrimitives.ReadUInt16BigEndian(head[(at + 2)..]);
            if (length < 2) return null;
            if (marker == 0xE1) orientation = ExifOrientation(head[(at + 4)..Math.Min(head.Length, at + 2 + length)]) ?? orientation;
            at += 2 + length;
        }

        next = at;
        return null;
    }

    // EXIF is a TIFF file within the segment: byte order, 42, and where its first directory of twelve-byte entries is. 0x0112 is the orientation.
    private static int? ExifOrientation(ReadOnlySpan<byte> segment)
    {
        if (segment.Length < 16 || !segment.StartsWith("Exif\0\0"u8)) return null;
        var tiff = segment[6..];
        var isBig = tiff[0] == (byte)'M';
        var first = isBig ? BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]);
        if (first > (uint)tiff.Length - 2) return null;
        var entries = Short(tiff[(int)first..]);
        for (var i = 0; i < entries; i++)
        {
            var at = (int)first + 2 + (12 * i);
            if (at + 12 > tiff.Length) return null;
            if (Short(tiff[at..]) == 0x0112) return Short(tiff[(at + 8)..]) is >= 1 and <= 8 and var told ? told : null;
        }

        return null;

        ushort Short(ReadOnlySpan<byte> bytes) => isBig ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    private static ImageHeader? ReadWebp(ReadOnlySpan<byte> head)
    {
        var chunk = head[12..16];
        if (chunk.SequenceEqual("VP8X"u8)) return Sized("webp", 1 + UInt24(head[24..]), 1 + UInt24(head[27..]));
        if (chunk.SequenceEqual("VP8L"u8) && head[20] == 0x2F)
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(head[21..]);
            return Sized("webp", 1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF));
        }

        if (chunk.SequenceEqual("VP8 "u8) && head[23..26].SequenceEqual(new byte[] { 0x9D, 0x01, 0x2A }))
            return Sized("webp", BinaryPrimitives.ReadUInt16LittleEndian(head[26..]) & 0x3FFFu, BinaryPrimitives.ReadUInt16LittleEndian(head[28..]) & 0x3FFFu);
        return null;
    }

    private static uint UInt24(ReadOnlySpan<byte> bytes) => (uint)(bytes[0] | (bytes[1] << 8) | (bytes[2] << 16));
}
