namespace Darkroom.Simulator.Catalogue;

/// <summary>Shapes and what can be made of them.</summary>
internal static class Shapes
{
    /// <summary>An ellipse; the distance is near enough for smooth edges.</summary>
    public static Shape Ellipse(float cx, float cy, float rx, float ry) => (x, y) =>
    {
        var (dx, dy) = ((x - cx) / rx, (y - cy) / ry);
        var length = MathF.Sqrt((dx * dx) + (dy * dy));
        var (gx, gy) = (dx / rx, dy / ry);
        var slope = MathF.Sqrt((gx * gx) + (gy * gy));
        return slope < 1e-6f ? -MathF.Min(rx, ry) : length * (length - 1) / slope;
    };

    /// <summary>A box with round corners.</summary>
    public static Shape Box(float left, float top, float right, float bottom, float radius = 0) => (x, y) =>
    {
        var qx = MathF.Abs(x - ((left + right) / 2)) - ((right - left) / 2) + radius;
        var qy = MathF.Abs(y - ((top + bottom) / 2)) - ((bottom - top) / 2) + radius;
        var outside = MathF.Sqrt((MathF.Max(qx, 0) * MathF.Max(qx, 0)) + (MathF.Max(qy, 0) * MathF.Max(qy, 0)));
        return outside + MathF.Min(MathF.Max(qx, qy), 0) - radius;
    };

    /// <summary>A thick line with round ends.</summary>
    public static Shape Line(float x1, float y1, float x2, float y2, float thickness) => (x, y) => ToSegment(x, y, x1, y1, x2, y2) - (thickness / 2);

    /// <summary>A ring, or with different radii an oval band.</summary>
    public static Shape Ring(float cx, float cy, float rx, float ry, float thickness)
    {
        var oval = Ellipse(cx, cy, rx, ry);
        return (x, y) => MathF.Abs(oval(x, y)) - (thickness / 2);
    }

    /// <summary>A polygon from its corners, x and y in turn; corners may be rounded.</summary>
    public static Shape Polygon(float round, params float[] corners) => (x, y) =>
    {
        var nearest = float.MaxValue;
        var inside = false;
        for (int i = 0, j = corners.Length - 2; i < corners.Length; j = i, i += 2)
        {
            var (xi, yi, xj, yj) = (corners[i], corners[i + 1], corners[j], corners[j + 1]);
            nearest = MathF.Min(nearest, ToSegment(x, y, xi, yi, xj, yj));
            if (yi > y != yj > y && x < ((xj - xi) * (y - yi) / (yj - yi)) + xi)
            {
                inside = !inside;
            }
        }

        return (inside ? -nearest : nearest) - round;
    };

    /// <summary>What is in any of the shapes.</summary>
    public static Shape Join(params Shape[] parts) => (x, y) =>
    {
        var nearest = float.MaxValue;
        foreach (var part in parts)
        {
            nearest = MathF.Min(nearest, part(x, y));
        }

        return nearest;
    };

    /// <summary>What is in the shape and not in the other.</summary>
    public static Shape Less(this Shape shape, Shape other) => (x, y) => MathF.Max(shape(x, y), -other(x, y));

    /// <summary>What is in both.</summary>
    public static Shape And(this Shape shape, Shape other) => (x, y) => MathF.Max(shape(x, y), other(x, y));

    private static float ToSegment(float x, float y, float x1, float y1, float x2, float y2)
    {
        var (dx, dy) = (x2 - x1, y2 - y1);
        var along = Math.Clamp((((x - x1) * dx) + ((y - y1) * dy)) / MathF.Max((dx * dx) + (dy * dy), 1e-6f), 0, 1);
        var (ox, oy) = (x - x1 - (along * dx), y - y1 - (along * dy));
        return MathF.Sqrt((ox * ox) + (oy * oy));
    }
}
