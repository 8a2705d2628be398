using Darkroom.Simulator.Imaging;

namespace Darkroom.Simulator.Catalogue;

/// <summary>A product photograph in the making: a plain backdrop with a soft gradient, shapes lit from the upper left, a shadow.</summary>
internal sealed class Canvas
{
    /// <summary>Pixels an edge.</summary>
    public const int Edge = 512;

    private readonly float[] product = new float[Edge * Edge];

    /// <summary>An empty backdrop.</summary>
    public Canvas(Rgb backdrop)
    {
        Picture = new Raster(Edge, Edge);
        for (var y = 0; y < Edge; y++)
        {
            var colour = backdrop.Times(1.02f - (0.14f * y / Edge));
            for (var x = 0; x < Edge; x++)
            {
                Picture.Blend(x, y, colour, 1);
            }
        }
    }

    /// <summary>What has been drawn.</summary>
    public Raster Picture { get; }

    /// <summary>Darkens the backdrop under a product.</summary>
    public Canvas Shadow(float cx, float cy, float rx, float ry)
    {
        for (var y = 0; y < Edge; y++)
        {
            for (var x = 0; x < Edge; x++)
            {
                var (dx, dy) = ((x - cx) / rx, (y - cy) / ry);
                var near = 1 - ((dx * dx) + (dy * dy));
                if (near > 0)
                {
                    Picture.Blend(x, y, new(40, 38, 36), 0.45f * near * near);
                }
            }
        }

        return this;
    }

    /// <summary>Draws a shape.</summary>
    /// <param name="light">How much lighter the left is than the right: 0 for flat things, 0.5 for round ones.</param>
    /// <param name="centre">Where the light falls, 0 (left) to 1 (right) of the drawing.</param>
    public Canvas Fill(int colour, Shape shape, float light = 0.25f, float centre = 0.4f)
    {
        var own = Rgb.FromHex(colour);
        for (var y = 0; y < Edge; y++)
        {
            for (var x = 0; x < Edge; x++)
            {
                var coverage = Math.Clamp(0.5f - shape(x + 0.5f, y + 0.5f), 0, 1);
                if (coverage > 0)
                {
                    var away = ((float)x / Edge) - centre;
                    var shade = 1 + (light * (0.3f - (away * away * 9) - (0.25f * y / Edge)));
                    Picture.Blend(x, y, own.Times(Math.Clamp(shade, 0.35f, 1.35f)), coverage);
                    product[(y * Edge) + x] = MathF.Max(product[(y * Edge) + x], coverage);
                }
            }
        }

        return this;
    }

    /// <summary>The mask that goes with the picture: opaque where the product is, transparent where the backdrop may be edited.</summary>
    public Raster Mask()
    {
        var mask = new Raster(Edge, Edge);
        for (var i = 0; i < product.Length; i++)
        {
            var kept = (byte)((product[i] * 255) + 0.5f);
            mask.Pixels.AsSpan(i * 4, 3).Fill(kept);
            mask.Pixels[(i * 4) + 3] = kept;
        }

        return mask;
    }
}
