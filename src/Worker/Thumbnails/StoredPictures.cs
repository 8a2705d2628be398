using Darkroom.Jobs.Editing;

namespace Darkroom.Worker.Thumbnails;

/// <summary>Where no library scales pictures, browsers do: small files are given as they are, and a grid goes without the others.</summary>
internal sealed class StoredPictures : IThumbnailMaker
{
    /// <summary>The largest file given for a side, so that a grid of 60 pairs stays below 2 MB.</summary>
    internal static long MostBytes(int side) => side <= ThumbnailSides.Grid ? 16 * 1024 : 8 * 1024 * 1024;

    /// <inheritdoc/>
    public async Task<Thumbnail?> MakeAsync(string path, int side, CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous);
        var length = RandomAccess.GetLength(file);
        if (length > MostBytes(side) || await SourceFile.HeaderOfAsync(file, length, cancellationToken) is not { } header) return null;
        var bytes = new byte[length];
        var read = 0;
        while (read < length && await RandomAccess.ReadAsync(file, bytes.AsMemory(read), read, cancellationToken) is var count and > 0) read += count;
        return read == length ? new Thumbnail(bytes, header.MediaType) : null;
    }
}
