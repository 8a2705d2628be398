namespace Darkroom.Worker.Thumbnails;

/// <summary>Without NetVips browsers scale pictures.</summary>
#pragma warning disable MA0048 // Two files, of which a build takes one, hold the same type.
internal static class ThumbnailMakers
#pragma warning restore MA0048
{
    public static IThumbnailMaker CreateMaker() => new StoredPictures();
}
