namespace Darkroom.Simulator.Painting;

/// <summary>One picture to be painted.</summary>
/// <param name="Variant">Its place among the call's pictures, from 0; each is painted differently.</param>
/// <param name="Variants">How many there are.</param>
/// <param name="Width">Pixels a row of the answer.</param>
/// <param name="Height">Rows of the answer.</param>
/// <param name="Transparent">Whether the backdrop is left out.</param>
/// <param name="Coarseness">1, or more (2, 4, 8) for a partial image: its pixels are that much larger.</param>
internal sealed record PaintOrder(string Prompt, int Variant, int Variants, int Width, int Height, bool Transparent, int Coarseness = 1)
{
    /// <summary>The longest edge at which pictures are computed; larger ones are enlarged by a whole factor.</summary>
    private const int MaxComputed = 768;

    /// <summary>The factor by which the computed picture is enlarged.</summary>
    public int Scale
    {
        get
        {
            var scale = 1;
            while (Math.Max(Width, Height) / scale > MaxComputed && CanHalve(scale))
            {
                scale *= 2;
            }

            for (var coarser = Coarseness; coarser > 1 && CanHalve(scale); coarser /= 2)
            {
                scale *= 2;
            }

            return scale;
        }
    }

    private bool CanHalve(int scale) => Width % (scale * 2) == 0 && Height % (scale * 2) == 0;
}
