using Darkroom.Simulator.Imaging;

namespace Darkroom.Simulator.Painting;

/// <summary>A picture fitted whole into another size; beyond its edges the edge goes on, so that a plain backdrop fills the rest.</summary>
internal sealed class Sampler
{
    private readonly Raster from;
    private readonly (int First, int Second, int Share)[] columns;
    private readonly (int First, int Second, int Share)[] rows;

    /// <summary>Fits a picture.</summary>
    public Sampler(Raster from, int width, int height)
    {
        this.from = from;
        var step = Math.Max((float)from.Width / width, (float)from.Height / height);
        columns = Places(width, from.Width, step, 1);
        rows = Places(height, from.Height, step, from.Width);
    }

    /// <summary>The colour at a place of the new size.</summary>
    public Rgb Colour(int x, int y)
    {
        var (x1, x2, fx) = columns[x];
        var (y1, y2, fy) = rows[y];
        var pixels = from.Pixels;
        int a = (y1 + x1) * 4, b = (y1 + x2) * 4, c = (y2 + x1) * 4, d = (y2 + x2) * 4;
        if ((fx | fy) == 0)
        {
            return new(pixels[a], pixels[a + 1], pixels[a + 2]);
        }

        return new(
            Mix(pixels[a], pixels[b], pixels[c], pixels[d], fx, fy),
            Mix(pixels[a + 1], pixels[b + 1], pixels[c + 1], pixels[d + 1], fx, fy),
            Mix(pixels[a + 2], pixels[b + 2], pixels[c + 2], pixels[d + 2], fx, fy));
    }

    /// <summary>The opacity at a place of the new size, 0 to 1.</summary>
    public float Alpha(int x, int y) => from.Pixels[((rows[y].First + columns[x].First) * 4) + 3] / 255f;

    /// <summary>The colour at the left edge of the picture's row: what its backdrop looks like there.</summary>
    public Rgb Edge(int y)
    {
        var at = rows[y].First * 4;
        return new(from.Pixels[at], from.Pixels[at + 1], from.Pixels[at + 2]);
    }

    private static int Mix(int a, int b, int c, int d, int fx, int fy)
    {
        var top = (a << 8) + ((b - a) * fx);
        var bottom = (c << 8) + ((d - c) * fx);
        return ((top << 8) + ((bottom - top) * fy) + (1 << 15)) >> 16;
    }

    /// <summary>For every place of the new size the two old ones that it lies between, as pixel offsets, and the share of the second in 256.</summary>
    private static (int First, int Second, int Share)[] Places(int count, int edge, float step, int stride)
    {
        var places = new (int, int, int)[count];
        for (var i = 0; i < count; i++)
        {
            var at = Math.Clamp(((i + 0.5f - (count / 2f)) * step) + (edge / 2f) - 0.5f, 0, edge - 1);
            var first = (int)at;
            places[i] = (first * stride, Math.Min(first + 1, edge - 1) * stride, (int)((at - first) * 256));
        }

        return places;
    }
}
