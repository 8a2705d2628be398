using System.Security.Cryptography;
using System.Text;
using NetVips;

namespace Darkroom.Simulator.Pictures;

/// <summary>The scene that a prompt puts behind the product: a colour that the prompt names, or one from its hash, with a pattern.</summary>
internal sealed class Scene
{
    private const int White = 0xFBFBF9;

    private static readonly (string Word, int Colour)[] Named =
    [
        ("white", White), ("black", 0x1C1C20), ("red", 0xD9483B), ("orange", 0xF08A3C), ("yellow", 0xF6CF4A), ("green", 0x5FA55A), ("blue", 0x4A7FC1),
        ("purple", 0x8A63B8), ("pink", 0xF0A8BC), ("brown", 0x8A6242), ("grey", 0xA8ACB0), ("gray", 0xA8ACB0), ("gold", 0xD8B24A), ("beige", 0xE9DCC3),
        ("beach", 0xF0D9A0), ("forest", 0x3F7046), ("wood", 0xB98A5A), ("marble", 0xE8E6E4), ("night", 0x1E2A4A), ("sky", 0x9CC9EC), ("sunset", 0xF2A365),
    ];

    private readonly int pattern;

    /// <summary>The scene for a prompt.</summary>
    /// <param name="variant">0 for a call's first picture; each further one has another hue.</param>
    public Scene(string prompt, int variant)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(prompt));
        var hue = (((hash[0] << 8) | hash[1]) + (variant * 47)) % 360;
        var named = Array.Find(Named, n => prompt.Contains(n.Word, StringComparison.OrdinalIgnoreCase));
        Colour = named.Word is null ? FromHsl(hue, 0.5, 0.7) : Mix(FromHex(named.Colour), FromHsl(hue, 0.5, 0.6), variant * 0.08);
        pattern = named.Colour == White ? 0 : (hash[2] + variant) % 4;
        Accent = FromHsl((hue + 180) % 360, 0.55, 0.38);
    }

    /// <summary>The colour of the frame: red, green and blue, 0 to 255.</summary>
    public double[] Accent { get; }

    /// <summary>The scene's colour, to be multiplied by its light.</summary>
    public double[] Colour { get; }

    /// <summary>The light in the scene, stronger above than below, with the pattern: one band of factors about 1.</summary>
    public Image Light(int width, int height)
    {
        var edge = Math.Max(width, height);
        using var column = Image.Xyz(1, height);
        using var light = column[1].Linear([-0.2 / edge], [1.04]).Zoom(width, 1);
        using var tile = Tile(Math.Max(edge / 12, 4));
        using var tiles = tile.Replicate((width / tile.Width) + 1, (height / tile.Height) + 1);
        using var fitted = tiles.Crop(0, 0, width, height);
        using var factors = fitted.Linear([0.09 / 255], [0.96]);
        return factors * light;
    }

    /// <summary>A mixture of two colours.</summary>
    /// <param name="share">The second colour's, 0 to 1.</param>
    public static double[] Mix(double[] first, double[] second, double share) => [.. first.Zip(second, (a, b) => a + ((b - a) * share))];

    // Stripes, dots, checks, or nothing; one band, 0 to 255.
    private Image Tile(int edge)
    {
        using var dark = Image.Black(edge, edge);
        return dark.Mutate(tile =>
        {
            var half = edge / 2;
            switch (pattern)
            {
                case 1:
                    tile.DrawRect([255], 0, 0, half, edge, fill: true);
                    break;
                case 2:
                    tile.DrawCircle([255], half, half, edge / 4, fill: true);
                    break;
                case 3:
                    tile.DrawRect([255], 0, 0, half, half, fill: true);
                    tile.DrawRect([255], half, half, edge - half, edge - half, fill: true);
                    break;
                default:
                    tile.DrawRect([128], 0, 0, edge, edge, fill: true);
                    break;
            }
        });
    }

    private static double[] FromHex(int rgb) => [(rgb >> 16) & 255, (rgb >> 8) & 255, rgb & 255];

    private static double[] FromHsl(int hue, double saturation, double lightness)
    {
        var reach = saturation * Math.Min(lightness, 1 - lightness);
        return [Channel(0), Channel(8), Channel(4)];

        double Channel(int offset)
        {
            var at = (offset + (hue / 30.0)) % 12;
            return 255 * (lightness - (reach * Math.Max(-1, Math.Min(Math.Min(at - 3, 9 - at), 1))));
        }
    }
}
