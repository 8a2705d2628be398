using System.Collections.Concurrent;
using System.Security.Cryptography;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Images;

namespace Darkroom.Jobs.Uploads;

/// <summary>Reads what local files hold, each once for as long as it doesn't change (by length and time of writing).</summary>
internal sealed class LocalSources
{
    private const int MostRemembered = 10_000;

    private readonly ConcurrentDictionary<string, (long Bytes, DateTime Written, LocalSource Source)> _known = new(StringComparer.Ordinal);

    /// <summary>The type and length of a file, or null when it can't be read or is no image that can be sent; the call then says why.</summary>
    public static async Task<(string MediaType, long Bytes)?> PeekAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.Asynchronous);
            var bytes = RandomAccess.GetLength(handle);
            return await SourceFile.HeaderOfAsync(handle, bytes, cancellationToken) is { } header ? (ImageHeader.MediaTypeOf(header.Format), bytes) : null;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return null;
        }
    }

    /// <summary>Opens a file for reading from its beginning, or gives null.</summary>
    public static FileStream? Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return null;
        }
    }

    /// <summary>Reads a file whole, unless it is known; null when it can't be read.</summary>
    public async Task<LocalSource?> ReadAsync(string path, string mediaType, CancellationToken cancellationToken)
    {
        try
        {
            var written = File.GetLastWriteTimeUtc(path);
            await using var stream = Open(path);
            if (stream is null) return null;
            var bytes = stream.Length;
            if (_known.TryGetValue(path, out var known) && known.Bytes == bytes && known.Written == written) return known.Source;
            if (_known.Count >= MostRemembered) _known.Clear();
            var source = new LocalSource(path, Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)), bytes, mediaType);
            _known[path] = (bytes, written, source);
            return source;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return null;
        }
    }

    private static bool IsUnreadable(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;
}
