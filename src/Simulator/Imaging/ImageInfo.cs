using System.Buffers.Binary;

namespace Darkroom.Simulator.Imaging;

/// <summary>What an image file's own header says.</summary>
/// <param name="Format"><c>png</c>, <c>jpeg</c> or <c>webp</c>.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="HasAlpha">Whether there is an alpha channel; true when the header doesn't tell.</param>
internal sealed record ImageInfo(string Format, int Width, int Height, bool HasAlpha)
{
    /// <summary>Reads the header.</summary>
    /// <returns>Null when the bytes are none of the three formats, or their header is damaged.</returns>
    public static ImageInfo? Read(ReadOnlySpan<byte> file)
    {
        var info = file switch
        {
            [0x89, 0x50, 0x4E, 0x47, ..] => ReadPng(file),
            [0xFF, 0xD8, 0xFF, ..] => ReadJpeg(file),
            [0x52, 0x49, 0x46, 0x46, _, _, _, _, 0x57, 0x45, 0x42, 0x50, ..] => ReadWebp(file),
            _ => null,
        };
        return info is { Width: > 0, Height: > 0 } ? info : null;
    }

    private static ImageInfo? ReadPng(ReadOnlySpan<byte> file)
    {
        if (file.Length < 33 || !file.StartsWith(PngChunk.Signature) || !file.Slice(12, 4).SequenceEqual("IHDR"u8))
        {
            return null;
        }

        // A palette may carry transparency in a later chunk; that counts as alpha.
        return new("png", BinaryPrimitives.ReadInt32BigEndian(file[16..]), BinaryPrimitives.ReadInt32BigEndian(file[20..]), file[25] is 3 or 4 or 6);
    }

    private static ImageInfo? ReadJpeg(ReadOnlySpan<byte> file)
    {
        for (var at = 2; at + 9 < file.Length;)
        {
            if (file[at] != 0xFF)
            {
                return null;
            }

            var marker = file[at + 1];
            if (marker == 0xFF)
            {
                at++;
                continue;
            }

            // Start-of-frame markers, less the three of that range that aren't (DHT, JPG, DAC).
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return new(
                    "jpeg", BinaryPrimitives.ReadUInt16BigEndian(file[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]), HasAlpha: false);
            }

            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
        }

        return null;
    }

    private static ImageInfo? ReadWebp(ReadOnlySpan<byte> file)
    {
        if (file.Length < 30)
        {
            return null;
        }

        var kind = file.Slice(12, 4);
        if (kind.SequenceEqual("VP8X"u8))
        {
            return new("webp", 1 + Read24(file[24..]), 1 + Read24(file[27..]), (file[20] & 0x10) != 0);
        }

        if (kind.SequenceEqual("VP8L"u8) && file[20] == 0x2F)
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(file[21..]);
            return new("webp", 1 + (int)(bits & 0x3FFF), 1 + (int)((bits >> 14) & 0x3FFF), (bits & 0x1000_0000) != 0);
        }

        if (kind.SequenceEqual("VP8 "u8) && file[23] == 0x9D)
        {
            return new(
                "webp", BinaryPrimitives.ReadUInt16LittleEndian(file[26..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(file[28..]) & 0x3FFF, HasAlpha: false);
        }

        return null;
    }

    private static int Read24(ReadOnlySpan<byte> at) => at[0] | (at[1] << 8) | (at[2] << 16);
}
