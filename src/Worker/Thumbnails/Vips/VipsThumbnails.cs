using NetVips;

namespace Darkroom.Worker.Thumbnails.Vips;

/// <summary>
/// Makes thumbnails with libvips, which decodes row by row and shrinks while it loads, so that memory hardly grows with the picture. Two at once, whatever is asked: the
/// worker's first task is another.
/// </summary>
internal sealed class VipsThumbnails : IThumbnailMaker
{
    private const int Quality = 74;

    private readonly SemaphoreSlim _turns = new(2);

    static VipsThumbnails()
    {
        if (!IsAvailable) return;
        NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0;
        // Only the loaders that are meant for strangers' files.
        NetVips.NetVips.BlockUntrusted = true;
    }

    /// <summary>Whether the native library is there.</summary>
    public static bool IsAvailable => ModuleInitializer.VipsInitialized;

    /// <inheritdoc/>
    public async Task<Thumbnail?> MakeAsync(string path, int side, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Make(path, side), CancellationToken.None);
        }
        finally
        {
            _turns.Release();
        }
    }

    private static Thumbnail? Make(string path, int side)
    {
        try
        {
            using var small = Image.Thumbnail(path, side, height: side, size: Enums.Size.Down);
            return new Thumbnail(small.WebpsaveBuffer(q: Quality, effort: 2, keep: Enums.ForeignKeep.None), "image/webp");
        }
        catch (VipsException)
        {
            // Its header is a picture's, and the rest isn't.
            return null;
        }
    }
}
