using System.Runtime.CompilerServices;
using NetVips;

namespace Darkroom.Simulator.Pictures;

/// <summary>One picture to be painted.</summary>
/// <param name="Variant">Its place among the call's pictures, from 0; each is painted differently.</param>
/// <param name="Variants">How many there are.</param>
/// <param name="Width">The answer's, in pixels.</param>
/// <param name="Height">The answer's, in pixels.</param>
/// <param name="Transparent">Whether the backdrop is left out.</param>
/// <param name="Coarseness">1, or more (2, 4, 8) for a partial image, which is painted that much smaller and enlarged.</param>
internal sealed record PaintOrder(string Prompt, int Variant, int Variants, int Width, int Height, bool Transparent, int Coarseness = 1)
{
    /// <summary>The longest edge at which pictures are painted; larger ones are enlarged by a whole factor.</summary>
    private const int MaxPainted = 768;

    /// <summary>The factor by which the painted picture is enlarged.</summary>
    public int Scale
    {
        get
        {
            var scale = 1;
            while (Math.Max(Width, Height) / scale > MaxPainted && CanHalve(scale)) scale *= 2;
            for (var coarser = Coarseness; coarser > 1 && CanHalve(scale); coarser /= 2) scale *= 2;
            return scale;
        }
    }

    private bool CanHalve(int scale) => Width % (scale * 2) == 0 && Height % (scale * 2) == 0;
}

/// <summary>
/// Paints an edit that can be seen to come from its request: the source's backdrop becomes the prompt's scene, the product is tinted, and a frame
/// and a label are laid over. With a mask, all of it happens only where the mask is transparent.
/// </summary>
internal static class EditPainter
{
    /// <summary>How far a pixel's colour may be from its row's backdrop, shade aside, to be taken for the backdrop; twice that is the end of the soft edge.</summary>
    private const double Tolerance = 8;

    private const int CutoutBands = 5;

    private const double ShadeUnit = 200;

    // A source is cut out once: that takes as long as all the rest.
    private static readonly ConditionalWeakTable<Pixels, byte[]> Cutouts = [];

    private static readonly double[,] LumaWeights = { { 0.299, 0.587, 0.114 } };

    private static readonly string[] ColourlessWords = ["black and white", "monochrome", "greyscale", "grayscale", "sketch", "pencil"];

    /// <summary>Paints one picture; the caller disposes it.</summary>
    public static Image Paint(PaintOrder order, Pixels source, Pixels? mask)
    {
        var (width, height) = (order.Width / order.Scale, order.Height / order.Scale);
        var scene = new Scene(order.Prompt, order.Variant);
        using var cutout = Image.NewFromMemory(Cutouts.GetValue(source, Cut), source.Width, source.Height, CutoutBands, Enums.BandFormat.Uchar);
        using var fitted = Fit(cutout, width, height);
        using var edited = PaintScene(order, fitted, scene, masked: mask is not null);
        using var large = Enlarge(edited, order.Scale);
        var framed = PaintFrame(order, large, scene);
        if (mask is null) return framed;

        using var _ = framed;
        using var file = source.ToImage();
        using var fittedFile = Fit(file, width, height);
        using var kept = (order.Transparent ? fittedFile : fittedFile.ExtractBand(0, n: 3)).Zoom(order.Scale, order.Scale);
        using var maskFile = mask.ToImage();
        using var fittedMask = Fit(maskFile[3], width, height);
        using var keep = fittedMask.Zoom(order.Scale, order.Scale);
        return keep.Ifthenelse(kept, framed, blend: true);
    }

    // Tells product and backdrop apart. Bands: red, green, blue, 255 where the backdrop is, and how light the backdrop is there, in parts of ShadeUnit.
    private static byte[] Cut(Pixels source)
    {
        using var file = source.ToImage();
        using var colours = file.ExtractBand(0, n: 3);
        using var luma = Luma(colours);

        // The left edge of a row shows what its backdrop looks like. A shadow is the backdrop's own colour, darker.
        using var edge = colours.Crop(0, 0, 1, source.Height);
        using var backdrop = edge.Zoom(source.Width, 1);
        using var backdropLuma = Luma(edge).Linear([1], [0.01]).Zoom(source.Width, 1);
        // What several operations read is kept in memory: libvips would compute it again for each of them.
        using var ratio = (luma / backdropLuma).CopyMemory();
        using var isShade = ((ratio >= 0.5) & (ratio <= 1.05)).CopyMemory();
        using var shade = isShade.Ifthenelse(ratio, 1).CopyMemory();
        using var distance = (colours - (backdrop * shade)).Abs().Bandmean();
        using var near = distance.Linear([-255 / Tolerance], [510], uchar: true);
        using var clear = file[3].Linear([-1], [255], uchar: true);
        using var behind = isShade.Ifthenelse(near, 0).Maxpair(clear);
        using var shadeParts = shade.Linear([ShadeUnit], [0], uchar: true);
        using var cutout = colours.Bandjoin(behind, shadeParts);
        return cutout.WriteToMemory<byte>();
    }

    // Whole in the middle; beyond its edges the edge goes on, so that a plain backdrop fills the rest.
    private static Image Fit(Image image, int width, int height)
    {
        var scale = Math.Min((double)width / image.Width, (double)height / image.Height);
        using var resized = Math.Abs(scale - 1) < 1e-9 ? image.Copy() : image.Resize(scale);
        return resized.Gravity(Enums.CompassDirection.Centre, width, height, extend: Enums.Extend.Copy);
    }

    // Whole pixels and a blur that takes their corners off: a third of the time of an interpolation.
    private static Image Enlarge(Image image, int scale)
    {
        if (scale == 1) return image.Copy();
        using var zoomed = image.Zoom(scale, scale);
        using var smooth = Image.NewFromArray(new[,] { { 1, 2, 1 }, { 2, 4, 2 }, { 1, 2, 1 } }, 16);
        return zoomed.Conv(smooth, precision: Enums.Precision.Integer);
    }

    private static Image PaintScene(PaintOrder order, Image cutout, Scene scene, bool masked)
    {
        using var colours = cutout.ExtractBand(0, n: 3);
        // A mask says itself where the backdrop is.
        using var behind = masked ? cutout[3].Linear([0], [255], uchar: true) : cutout[3];
        using var light = scene.Light(cutout.Width, cutout.Height) * cutout[4];
        using var shaded = light.Linear([.. scene.Colour.Select(part => part / ShadeUnit)], [0, 0, 0], uchar: true);
        using var product = Tint(order, colours, scene);
        using var edited = behind.Ifthenelse(shaded, product, blend: true);
        if (!order.Transparent) return edited.CopyMemory();

        using var alpha = behind.Linear([-1], [255], uchar: true);
        using var cut = edited.Bandjoin(alpha);
        return cut.CopyMemory();
    }

    // Four fifths the product's own colour, one fifth the accent as bright as the product.
    private static Image Tint(PaintOrder order, Image colours, Scene scene)
    {
        var colourless = ColourlessWords.Any(word => order.Prompt.Contains(word, StringComparison.OrdinalIgnoreCase));
        var weights = new double[3, 3];
        for (var to = 0; to < 3; to++)
        {
            for (var from = 0; from < 3; from++)
            {
                var own = to == from ? 0.82 : 0;
                weights[to, from] = colourless ? LumaWeights[0, from] : own + (0.18 * scene.Accent[to] / 128 * LumaWeights[0, from]);
            }
        }

        using var matrix = Image.NewFromArray(weights);
        using var tinted = colours.Recomb(matrix);
        return tinted.Cast(Enums.BandFormat.Uchar);
    }

    private static Image PaintFrame(PaintOrder order, Image picture, Scene scene)
    {
        var frame = Math.Max(1, order.Width / 64);
        var (width, height) = (order.Width - (2 * frame), order.Height - (2 * frame));
        var foot = order.Width / 20;
        using var inner = picture.Crop(frame, frame, width, height);
        using var label = Label.Paint(order, width, foot, Scene.Mix([0, 0, 0], scene.Accent, 0.4));
        using var fitting = order.Transparent ? label.Bandjoin([255.0]) : label.Copy();
        using var labelled = inner.Insert(fitting, 0, height - foot);
        double[] colour = order.Transparent ? [.. scene.Accent, 255] : scene.Accent;
        return labelled.Embed(frame, frame, order.Width, order.Height, extend: Enums.Extend.Background, background: colour);
    }

    private static Image Luma(Image colours)
    {
        using var weights = Image.NewFromArray(LumaWeights);
        return colours.Recomb(weights);
    }
}
