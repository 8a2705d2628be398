namespace Darkroom.Simulator.Imaging;

/// <summary>A picture in memory: 8-bit RGBA, row by row, alpha not premultiplied.</summary>
internal sealed class Raster
{
    /// <summary>An empty (transparent black) picture.</summary>
    public Raster(int width, int height)
        : this(width, height, new byte[checked(width * height * 4)])
    {
    }

    /// <summary>A picture over pixels that the caller gives up.</summary>
    public Raster(int width, int height, byte[] pixels)
    {
        if (pixels.Length != width * height * 4)
        {
            throw new ArgumentException($"{width}x{height} RGBA needs {width * height * 4} bytes, not {pixels.Length}.", nameof(pixels));
        }

        Width = width;
        Height = height;
        Pixels = pixels;
    }

    /// <summary>Pixels a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Four bytes a pixel: red, green, blue, alpha.</summary>
    public byte[] Pixels { get; }

    /// <summary>Lays a colour over a pixel.</summary>
    /// <param name="coverage">0 leaves the pixel as it is, 1 replaces it.</param>
    public void Blend(int x, int y, Rgb colour, float coverage)
    {
        var at = ((y * Width) + x) * 4;
        Pixels[at] = Mix(Pixels[at], colour.R, coverage);
        Pixels[at + 1] = Mix(Pixels[at + 1], colour.G, coverage);
        Pixels[at + 2] = Mix(Pixels[at + 2], colour.B, coverage);
        Pixels[at + 3] = Mix(Pixels[at + 3], 255, coverage);
    }

    private static byte Mix(byte under, float over, float coverage) =>
        (byte)Math.Clamp(under + ((over - under) * coverage) + 0.5f, 0, 255);
}
