namespace Darkroom.Simulator.Imaging;

/// <summary>Filler that doesn't compress, like a real picture's bytes.</summary>
internal static class Padding
{
    /// <summary>The same bytes for the same length, every time.</summary>
    public static byte[] Bytes(int length)
    {
        var filler = new byte[length];
        new Random(length).NextBytes(filler);
        return filler;
    }
}
