namespace Darkroom.Worker.Thumbnails;

/// <summary>Makes small pictures of large ones.</summary>
internal interface IThumbnailMaker
{
    /// <summary>Makes one that fits into a square and is no larger than the picture.</summary>
    /// <param name="path">The file of the picture; its header has been looked at.</param>
    /// <param name="side">The square's side in pixels.</param>
    /// <param name="cancellationToken">Cancels the wait for a turn.</param>
    /// <returns>The picture and its media type; null when none can be made of it.</returns>
    Task<Thumbnail?> MakeAsync(string path, int side, CancellationToken cancellationToken);
}
