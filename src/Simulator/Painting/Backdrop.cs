using System.Security.Cryptography;
using System.Text;
using Darkroom.Simulator.Imaging;

namespace Darkroom.Simulator.Painting;

/// <summary>The scene that a prompt puts behind the product: a colour that it names, or one from its hash, with a pattern.</summary>
internal sealed class Backdrop
{
    private static readonly (string Word, int Colour)[] Named =
    [
        ("white", 0xFBFBF9), ("black", 0x1C1C20), ("red", 0xD9483B), ("orange", 0xF08A3C), ("yellow", 0xF6CF4A), ("green", 0x5FA55A), ("blue", 0x4A7FC1),
        ("purple", 0x8A63B8), ("pink", 0xF0A8BC), ("brown", 0x8A6242), ("grey", 0xA8ACB0), ("gray", 0xA8ACB0), ("gold", 0xD8B24A), ("beige", 0xE9DCC3),
        ("beach", 0xF0D9A0), ("forest", 0x3F7046), ("wood", 0xB98A5A), ("marble", 0xE8E6E4), ("night", 0x1E2A4A), ("sky", 0x9CC9EC), ("sunset", 0xF2A365),
    ];

    private readonly Rgb colour;
    private readonly int pattern;

    /// <summary>The scene for a prompt.</summary>
    public Backdrop(string prompt, int variant)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(prompt));
        var hue = (((hash[0] << 8) | hash[1]) + (variant * 47)) % 360;
        var named = Named.FirstOrDefault(n => prompt.Contains(n.Word, StringComparison.OrdinalIgnoreCase));
        colour = named.Word is null ? Rgb.FromHsl(hue, 0.5f, 0.7f) : Rgb.FromHex(named.Colour).Towards(Rgb.FromHsl(hue, 0.5f, 0.6f), variant * 0.08f);
        pattern = named.Word == "white" ? 0 : (hash[2] + variant) % 4;
        Accent = Rgb.FromHsl((hue + 180) % 360, 0.55f, 0.38f);
    }

    /// <summary>The colour of frame and label.</summary>
    public Rgb Accent { get; }

    /// <summary>The scene at a place.</summary>
    /// <param name="u">From the left, in longest edges of the picture: 0 to 1.</param>
    /// <param name="v">From the top, likewise.</param>
    public Rgb At(float u, float v)
    {
        var strength = pattern switch
        {
            1 => Fraction((u + v) * 9) < 0.5f ? 1.04f : 0.96f,
            2 => Dot(u * 14, v * 14) ? 0.9f : 1.02f,
            3 => (Fraction(u * 6) < 0.5f) == (Fraction(v * 6) < 0.5f) ? 1.03f : 0.95f,
            _ => 1,
        };
        return colour.Times(strength * (1.04f - (0.2f * v)));
    }

    private static float Fraction(float value) => value - MathF.Floor(value);

    private static bool Dot(float x, float y)
    {
        var (dx, dy) = (Fraction(x) - 0.5f, Fraction(y) - 0.5f);
        return (dx * dx) + (dy * dy) < 0.05f;
    }
}
