using System.Buffers.Binary;

namespace Darkroom.Storage.Tests.Images;

/// <summary>Bytes with a PNG's header and nothing that decodes after it; the stores look no further.</summary>
internal static class Pictures
{
    public static byte[] Png(int width, int height, int bytes, int seed = 1)
    {
        var picture = new byte[bytes];
        new Random(seed).NextBytes(picture);
        byte[] head = [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', 0, 0, 0, 13, .. "IHDR"u8];
        head.CopyTo(picture, 0);
        BinaryPrimitives.WriteInt32BigEndian(picture.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(picture.AsSpan(20), height);
        return picture;
    }

    /// <summary>Bytes with a JPEG's header.</summary>
    public static byte[] Jpeg(int width, int height, int bytes)
    {
        var picture = Png(width, height, bytes);
        byte[] head = [0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0, 0xFF, 0xDA, 0, 2];
        head.CopyTo(picture, 0);
        return picture;
    }
}
