using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Sources;

/// <summary>Probes through the <see cref="SourceFetcher"/>, and remembers.</summary>
/// <param name="fetcher">Asks for ETags.</param>
/// <param name="time">The clock of remembering.</param>
public sealed class SourceVersions(SourceFetcher fetcher, TimeProvider time) : ISourceVersions
{
    /// <summary>How long an answer is remembered.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    private const int MostRemembered = 10_000;
    private const int MostAtOnce = 16;

    private readonly ConcurrentDictionary<string, (DateTimeOffset Until, Lazy<Task<SourceVersion?>> Version)> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _slots = new(MostAtOnce);

    /// <inheritdoc/>
    public async Task<SourceVersion?> ProbeAsync(ImageReference source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Kind switch
        {
            ImageReferenceKind.FileId => new SourceVersion(SourceVersionKind.FileId, source.Value),
            ImageReferenceKind.LocalPath => await HashAsync(source.Value, cancellationToken),
            _ when IsDataUrl(source.Value) => new SourceVersion(SourceVersionKind.Sha256, HashOfDataUrl(source.Value)),
            _ => await TagAsync(source.Value, cancellationToken),
        };
    }

    /// <inheritdoc/>
    public string IdentityOf(ImageReference source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Kind switch
        {
            ImageReferenceKind.FileId => $"file:{source.Value}",
            ImageReferenceKind.LocalPath => $"path:{source.Value}",
            _ when IsDataUrl(source.Value) => $"sha256:{HashOfDataUrl(source.Value)}",
            _ => SourceAddress.WithoutSignature(source.Value),
        };
    }

    private static bool IsDataUrl(string url) => url.StartsWith("data:", StringComparison.OrdinalIgnoreCase);

    // The same bytes under another type or spelling of base64 are the same picture; what is no base64 is only itself.
    private static string HashOfDataUrl(string url)
    {
        var text = url.AsSpan(url.IndexOf(',', StringComparison.Ordinal) + 1);
        var bytes = new byte[text.Length];
        return Convert.ToHexStringLower(SHA256.HashData(Convert.TryFromBase64Chars(text, bytes, out var length) ? bytes.AsSpan(0, length) : Encoding.UTF8.GetBytes(url)));
    }

    private static async Task<SourceVersion?> HashAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);
            return new SourceVersion(SourceVersionKind.Sha256, Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // The call says why it can't be read.
            return null;
        }
    }

    private async Task<SourceVersion?> TagAsync(string url, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_known.Count >= MostRemembered) _known.Clear();
        var (_, version) = _known.AddOrUpdate(url, Ask, (key, known) => known.Until > now ? known : Ask(key));
        // Not canceled with whoever asks first: others wait for the same answer, and its time is bounded.
        return await version.Value.WaitAsync(cancellationToken);

        (DateTimeOffset, Lazy<Task<SourceVersion?>>) Ask(string key) => (now + Remembered, new Lazy<Task<SourceVersion?>>(() => AskAsync(key)));
    }

    private async Task<SourceVersion?> AskAsync(string url)
    {
        await _slots.WaitAsync(CancellationToken.None);
        try
        {
            if (await fetcher.TagAsync(url, CancellationToken.None) is { } tag) return new SourceVersion(SourceVersionKind.ETag, tag);
            // No strong ETag: only the content itself tells whether it is the same.
            var (image, _) = await fetcher.FetchAsync(url, CancellationToken.None);
            using (image) return image is null ? null : new SourceVersion(SourceVersionKind.Sha256, image.Sha256);
        }
        finally
        {
            _slots.Release();
        }
    }
}
