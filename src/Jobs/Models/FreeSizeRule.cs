namespace Darkroom.Jobs.Models;

/// <summary>A rule for output sizes that are free within bounds, as from gpt-image-2 on (docs/endpoint.md, Requests).</summary>
/// <param name="Multiple">Both edges are multiples of this many pixels.</param>
/// <param name="MaxRatio">The longer edge is at most this many times the shorter.</param>
/// <param name="MaxEdge">The longest edge, pixels.</param>
/// <param name="MinPixels">Least width × height.</param>
/// <param name="MaxPixels">Most width × height.</param>
public sealed record FreeSizeRule(int Multiple, int MaxRatio, int MaxEdge, long MinPixels, long MaxPixels)
{
    /// <summary>What is wrong with a size, or null when it is right.</summary>
    public string? Fault(ImageSize size)
    {
        if (size.Width % Multiple != 0 || size.Height % Multiple != 0) return $"both edges must be multiples of {Multiple}";
        if (Math.Max(size.Width, size.Height) > MaxEdge) return $"the longest edge must be at most {MaxEdge}";
        if (Math.Max(size.Width, size.Height) > (long)MaxRatio * Math.Min(size.Width, size.Height)) return $"the ratio must lie between 1:{MaxRatio} and {MaxRatio}:1";
        if (size.Pixels < MinPixels) return $"width × height must be at least {MinPixels} pixels and is {size.Pixels}";
        return size.Pixels > MaxPixels ? $"width × height must be at most {MaxPixels} pixels and is {size.Pixels}" : null;
    }

    /// <summary>
    /// The right size that is nearest by proportion: the sum of both edges' factors and of their reciprocals is least. So twice
    /// and half are equally far, and a square that is much too large becomes the largest square, not a rectangle with a longer edge.
    /// </summary>
    /// <returns>Null when the rule allows no size at all.</returns>
    public ImageSize? Nearest(ImageSize size)
    {
        ImageSize? best = null;
        var least = double.MaxValue;
        var below = (long)size.Height / Multiple * Multiple;
        for (var width = Multiple; width <= MaxEdge; width += Multiple)
        {
            // Two is the least that the height can add.
            if (Away(width, size.Width) + 2 >= least) continue;
            // For one width the right heights are one run of multiples, so the nearest is a neighbour of the wish clamped into it.
            var low = UpToMultiple(Math.Max(CeilingDivide(width, MaxRatio), CeilingDivide(MinPixels, width)));
            var high = Math.Min(Math.Min((long)width * MaxRatio, MaxEdge), MaxPixels / width) / Multiple * Multiple;
            if (low > high) continue;
            Consider(new ImageSize(width, (int)Math.Clamp(below, low, high)));
            Consider(new ImageSize(width, (int)Math.Clamp(below + Multiple, low, high)));
        }

        return best;

        void Consider(ImageSize candidate)
        {
            var distance = Away(candidate.Width, size.Width) + Away(candidate.Height, size.Height);
            if (distance >= least) return;
            least = distance;
            best = candidate;
        }
    }

    private long UpToMultiple(long value) => CeilingDivide(value, Multiple) * Multiple;

    private static long CeilingDivide(long value, long by) => (value + by - 1) / by;

    private static double Away(double edge, double wish) => (edge / wish) + (wish / edge);
}
