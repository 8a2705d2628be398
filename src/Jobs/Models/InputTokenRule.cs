namespace Darkroom.Jobs.Models;

/// <summary>
/// How many tokens an input image is: shrunk to fit a square, shrunk again until its shorter side fits, cut into tiles.
/// Nothing is ever enlarged (docs/endpoint.md, Tokens; the numbers are gpt-image-1's).
/// </summary>
/// <param name="FitEdge">Edge of the square, pixels.</param>
/// <param name="ShortSide">Longest shorter side, pixels.</param>
/// <param name="Tile">Edge of a tile, pixels.</param>
/// <param name="Base">Tokens of any image.</param>
/// <param name="PerTile">Tokens of each tile begun.</param>
/// <param name="HighFidelitySquare">Tokens added to a square image by <c>input_fidelity: high</c>.</param>
/// <param name="HighFidelityOther">The same for any other.</param>
public sealed record InputTokenRule(int FitEdge, int ShortSide, int Tile, int Base, int PerTile, int HighFidelitySquare, int HighFidelityOther)
{
    /// <summary>Tokens of an image of a known size.</summary>
    public long Tokens(ImageSize size, bool highFidelity)
    {
        long longer = Math.Max(size.Width, size.Height), shorter = Math.Min(size.Width, size.Height);
        var tiles = (longer > FitEdge ? shorter * FitEdge > ShortSide * longer : shorter > ShortSide)
            ? Ceiling(ShortSide * longer, shorter * Tile) * Ceiling(ShortSide, Tile)
            : longer > FitEdge
                ? Ceiling(FitEdge, Tile) * Ceiling(shorter * FitEdge, longer * Tile)
                : Ceiling(longer, Tile) * Ceiling(shorter, Tile);
        return Base + (PerTile * tiles) + (highFidelity ? longer == shorter ? HighFidelitySquare : HighFidelityOther : 0);
    }

    /// <summary>The most tokens that any image can be.</summary>
    public long Worst(bool highFidelity) =>
        Base + (PerTile * Ceiling(FitEdge, Tile) * Ceiling(ShortSide, Tile)) + (highFidelity ? Math.Max(HighFidelitySquare, HighFidelityOther) : 0);

    private static long Ceiling(long value, long by) => (value + by - 1) / by;
}
