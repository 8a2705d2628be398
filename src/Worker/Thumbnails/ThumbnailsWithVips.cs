using Darkroom.Worker.Thumbnails.Vips;

namespace Darkroom.Worker.Thumbnails;

/// <summary>Makes thumbnails where NetVips is on the feed. Its native part is there for Linux on x64; elsewhere browsers scale.</summary>
#pragma warning disable MA0048 // Two files, of which a build takes one, hold the same type.
internal static class ThumbnailMakers
#pragma warning restore MA0048
{
    public static IThumbnailMaker CreateMaker() => VipsThumbnails.IsAvailable ? new VipsThumbnails() : new StoredPictures();
}
