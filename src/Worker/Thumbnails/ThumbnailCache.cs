using System.Security.Cryptography;
using System.Text;
using Darkroom.Jobs.Images;

namespace Darkroom.Worker.Thumbnails;

/// <summary>
/// Keeps thumbnails as files: of outputs by their content, so for ever; of sources by their address, so for a while. Other workers keep their own. The oldest go when
/// there are too many.
/// </summary>
internal sealed partial class ThumbnailCache(string folder, IThumbnailMaker maker, TimeProvider time, ILogger<ThumbnailCache> logger)
{
    /// <summary>How long a source's thumbnail is taken for what is there.</summary>
    internal static readonly TimeSpan SourceAge = TimeSpan.FromHours(1);

    /// <summary>The most pixels that are decoded.</summary>
    internal const long MostPixels = 60_000_000;

    private const long MostBytes = 512L * 1024 * 1024;
    private const long TrimEvery = 32L * 1024 * 1024;

    private bool _isFull;
    private long _written;

    /// <summary>The name of what has a SHA-256.</summary>
    public static string NameOfContent(string sha256) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"content {sha256}")))[..40];

    /// <summary>The name of what is at an address.</summary>
    public static string NameOfSource(string address) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"source {address}")))[..40];

    /// <summary>A thumbnail that is kept, or null.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="side">Its side.</param>
    /// <param name="age">How old it may be; null: any age.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<Thumbnail?> FindAsync(string name, int side, TimeSpan? age, CancellationToken cancellationToken)
    {
        var path = PathOf(name, side);
        try
        {
            if (age is { } most && time.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(path) > most) return null;
            var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
            return ImageHeader.Read(bytes) is { } header ? new Thumbnail(bytes, header.MediaType) : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Makes a thumbnail and keeps it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="side">Its side.</param>
    /// <param name="path">The picture's file.</param>
    /// <param name="header">What its first bytes say.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Null when none can be made.</returns>
    public async Task<Thumbnail?> MakeAsync(string name, int side, string path, ImageHeader header, CancellationToken cancellationToken)
    {
        if ((long)header.Width * header.Height > MostPixels) return null;
        if (await maker.MakeAsync(path, side, cancellationToken) is not { } made) return null;
        try
        {
            await KeepAsync(PathOf(name, side), made);
            _isFull = false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is made anew next time: slower, and nothing is lost. A page has hundreds, so only the first says so.
            if (!_isFull) NotKept(logger, folder, exception);
            _isFull = true;
        }

        return made;
    }

    private async Task KeepAsync(string place, Thumbnail made)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        // Moved into place whole: nobody reads half of one.
        var temporary = $"{place}.{Guid.NewGuid():N}";
        await File.WriteAllBytesAsync(temporary, made.Bytes, CancellationToken.None);
        File.Move(temporary, place, overwrite: true);
        if (Interlocked.Add(ref _written, made.Bytes.Length) <= TrimEvery) return;
        Interlocked.Exchange(ref _written, 0);
        Trim();
    }

    private string PathOf(string name, int side) => Path.Combine(folder, name[..2], $"{name}-{side}");

    private void Trim()
    {
        var files = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).OrderByDescending(file => file.LastWriteTimeUtc).ToList();
        var sum = 0L;
        foreach (var file in files)
        {
            sum += file.Length;
            if (sum > MostBytes) file.Delete();
        }
    }

    [LoggerMessage(1802, LogLevel.Warning, "A thumbnail can't be kept under {Folder}.")]
    private static partial void NotKept(ILogger logger, string folder, Exception exception);
}
