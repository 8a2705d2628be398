namespace Darkroom.Worker.Thumbnails;

/// <summary>The sizes that thumbnails come in: a fixed few, so that nobody fills the cache by asking for all.</summary>
internal static class ThumbnailSides
{
    /// <summary>Of a cell in a grid.</summary>
    public const int Grid = 240;

    /// <summary>Of a sheet.</summary>
    public const int Sheet = 640;

    /// <summary>Of the viewer.</summary>
    public const int Viewer = 1600;

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<int> All = [Grid, Sheet, Viewer];
}
