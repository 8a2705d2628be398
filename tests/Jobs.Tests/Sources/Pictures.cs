using System.Buffers.Binary;

namespace Darkroom.Jobs.Tests.Sources;

/// <summary>Bytes that begin as a PNG of any claimed size.</summary>
internal static class Pictures
{
    public static byte[] Png(int width = 256, int height = 256, int length = 1000)
    {
        var bytes = new byte[Math.Max(length, 33)];
        new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52 }.CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), height);
        bytes[24] = 8;
        bytes[25] = 6;
        return bytes;
    }
}
