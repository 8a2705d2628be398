using Darkroom.Simulator.Imaging;

namespace Darkroom.Simulator.Painting;

/// <summary>
/// Paints an edit that can be seen to come from its request: the source's backdrop becomes the prompt's scene, the product is tinted, and a frame
/// and a label with the prompt's first words are laid over. With a mask, all of it happens only where the mask is transparent.
/// </summary>
internal static class EditPainter
{
    /// <summary>How far a pixel may be from its row's backdrop, shade aside, to be taken for it; twice that is the end of the soft edge.</summary>
    private const float Tolerance = 7;

    private static readonly string[] ColourlessWords = ["black and white", "monochrome", "greyscale", "grayscale", "sketch", "pencil"];

    /// <summary>Paints one picture at <see cref="PaintOrder.Scale"/>.</summary>
    public static Raster Paint(PaintOrder order, Raster source, Raster? mask)
    {
        var canvas = new Raster(order.Width / order.Scale, order.Height / order.Scale);
        var from = new Sampler(source, canvas.Width, canvas.Height);
        var keep = mask is null ? null : new Sampler(mask, canvas.Width, canvas.Height);
        var scene = new Backdrop(order.Prompt, order.Variant);
        var label = new Label(order, canvas.Width, canvas.Height);
        var colourless = ColourlessWords.Any(w => order.Prompt.Contains(w, StringComparison.OrdinalIgnoreCase));
        var dark = scene.Accent.Times(0.35f);
        var pixels = canvas.Pixels;
        var unit = 1f / Math.Max(canvas.Width, canvas.Height);
        for (int y = 0, at = 0; y < canvas.Height; y++)
        {
            var edge = from.Edge(y);
            for (var x = 0; x < canvas.Width; x++, at += 4)
            {
                var old = from.Colour(x, y);
                var editable = keep is null ? 1 : 1 - keep.Alpha(x, y);
                var (behind, shade) = Compare(old, edge);
                // A mask says itself what the backdrop is.
                behind = keep is null ? MathF.Max(behind, 1 - from.Alpha(x, y)) : 1;
                var colour = behind < 1 ? Tint(old, scene.Accent, colourless) : old;
                if (behind > 0)
                {
                    colour = colour.Towards(scene.At(x * unit, y * unit).Times(shade), behind);
                }

                var alpha = order.Transparent ? 1 - (behind * editable) : 1;
                var mark = label.At(x, y);
                if (mark != LabelPart.None)
                {
                    colour = mark switch
                    {
                        LabelPart.Frame => scene.Accent,
                        LabelPart.Band => colour.Towards(dark, 0.8f),
                        _ => new(255, 255, 255),
                    };
                    alpha = 1;
                }

                colour = old.Towards(colour, editable);
                pixels[at] = (byte)colour.R;
                pixels[at + 1] = (byte)colour.G;
                pixels[at + 2] = (byte)colour.B;
                pixels[at + 3] = (byte)(alpha * 255);
            }
        }

        return canvas;
    }

    /// <summary>How much of a pixel is backdrop (0 to 1), and how light that is there: a shadow is the backdrop's own colour, darker.</summary>
    private static (float Behind, float Shade) Compare(Rgb pixel, Rgb backdrop)
    {
        var shade = pixel.Luma / MathF.Max(backdrop.Luma, 1);
        if (shade is < 0.5f or > 1.05f)
        {
            return (0, 1);
        }

        var off = MathF.Max(
            MathF.Abs(pixel.R - (backdrop.R * shade)), MathF.Max(MathF.Abs(pixel.G - (backdrop.G * shade)), MathF.Abs(pixel.B - (backdrop.B * shade))));
        return (Math.Clamp(2 - (off / Tolerance), 0, 1), shade);
    }

    private static Rgb Tint(Rgb colour, Rgb accent, bool colourless) => colourless
        ? new(colour.Luma, colour.Luma, colour.Luma)
        : colour.Towards(new(colour.Luma * accent.R / 128, colour.Luma * accent.G / 128, colour.Luma * accent.B / 128), 0.18f).Times(1);
}
