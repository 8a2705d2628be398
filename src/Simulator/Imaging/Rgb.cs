namespace Darkroom.Simulator.Imaging;

/// <summary>A colour; each part 0 to 255.</summary>
internal readonly record struct Rgb(float R, float G, float B)
{
    /// <summary>Perceived lightness, 0 to 255.</summary>
    public float Luma => (0.299f * R) + (0.587f * G) + (0.114f * B);

    /// <summary>A colour from its 0xRRGGBB number.</summary>
    public static Rgb FromHex(int hex) => new((hex >> 16) & 255, (hex >> 8) & 255, hex & 255);

    /// <summary>A colour from hue (degrees), saturation and lightness (0 to 1).</summary>
    public static Rgb FromHsl(float hue, float saturation, float lightness)
    {
        var reach = saturation * MathF.Min(lightness, 1 - lightness);
        return new(Part(0), Part(8), Part(4));

        float Part(int offset)
        {
            var k = (offset + (hue / 30)) % 12;
            return 255 * (lightness - (reach * MathF.Max(-1, MathF.Min(MathF.Min(k - 3, 9 - k), 1))));
        }
    }

    /// <summary>The colour on the way to another, 0 (this) to 1 (that).</summary>
    public Rgb Towards(Rgb other, float share) =>
        new(R + ((other.R - R) * share), G + ((other.G - G) * share), B + ((other.B - B) * share));

    /// <summary>Lighter above 1, darker below.</summary>
    public Rgb Times(float factor) =>
        new(MathF.Min(R * factor, 255), MathF.Min(G * factor, 255), MathF.Min(B * factor, 255));
}
