using System.Security.Cryptography;
using System.Text;
using Darkroom.Jobs.Images;
using Darkroom.Jobs.Scratch;

namespace Darkroom.Worker.Thumbnails;

/// <summary>
/// Keeps thumbnails as files: of outputs by their content, so for ever; of sources by their address, so for a while. A picture of which none can be made is remembered for
/// a while by an empty file, so that it isn't decoded again for each view. Each worker keeps its own; the oldest go when there are too many.
/// </summary>
internal sealed partial class ThumbnailCache(string folder, ThumbnailMaker maker, TimeProvider time, ILogger<ThumbnailCache> logger)
{
    /// <summary>How long a source's thumbnail is taken for what is there, and how long a failure is remembered.</summary>
    internal static readonly TimeSpan SourceAge = TimeSpan.FromHours(1);

    private const long MostBytes = 512L * 1024 * 1024;
    private const long TrimEvery = 32L * 1024 * 1024;

    private bool _isFull;
    private long _written;

    /// <summary>The name of what has a SHA-256.</summary>
    public static string NameOfContent(string sha256) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"content {sha256}")))[..40];

    /// <summary>The name of what is at an address.</summary>
    public static string NameOfSource(string address) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"source {address}")))[..40];

    /// <summary>What is known of a thumbnail.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="side">Its side.</param>
    /// <param name="age">How old it may be; null: any age.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it is known, and the thumbnail; known without one means that none can be made.</returns>
    public async Task<(bool IsKnown, Thumbnail? Thumbnail)> FindAsync(string name, int side, TimeSpan? age, CancellationToken cancellationToken)
    {
        var path = PathOf(name, side);
        try
        {
            var kept = time.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(path);
            if (kept > age) return (false, null);
            var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
            if (bytes.Length == 0) return (kept <= SourceAge, null);
            return ImageHeader.Read(bytes) is { } header ? (true, new Thumbnail(bytes, header.MediaType)) : (false, null);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return (false, null);
        }
    }

    /// <summary>Makes a thumbnail and keeps it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="side">Its side.</param>
    /// <param name="prepare">Gives the picture's file when it is its turn, or null when there is no picture.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Null when none can be made.</returns>
    public async Task<Thumbnail?> MakeAsync(string name, int side, Func<Task<string?>> prepare, CancellationToken cancellationToken)
    {
        var made = await maker.MakeAsync(prepare, side, cancellationToken);
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

    private async Task KeepAsync(string place, Thumbnail? made)
    {
        PrivateFiles.CreateFolder(Path.GetDirectoryName(place)!);
        await PrivateFiles.WriteAsync(place, made?.Bytes ?? [], CancellationToken.None);
        if (Interlocked.Add(ref _written, made?.Bytes.Length ?? 0) <= TrimEvery) return;
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
