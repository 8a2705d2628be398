using System.Collections.Concurrent;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Scratch;
using Darkroom.Jobs.Sources;
using Darkroom.Jobs.Uploads;

namespace Darkroom.Worker.Thumbnails;

/// <summary>
/// Finds the thumbnails of outputs and of what items edit. Sources are fetched through the guarded door only, by the worker and never by a browser, a few at once; one
/// that can't be fetched isn't asked for again for a while.
/// </summary>
internal sealed class ThumbnailSources(ThumbnailCache cache, IImageStore images, SourceFetcher sources, TimeProvider time)
{
    private const int MostRemembered = 10_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Refused = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _missing = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _fetches = new(4);

    /// <summary>Of an output; null when it isn't there or none can be made of it.</summary>
    public async Task<Thumbnail?> OfOutputAsync(StoredImage output, int side, CancellationToken cancellationToken)
    {
        var name = ThumbnailCache.NameOfContent(output.Sha256);
        if (await cache.FindAsync(name, side, age: null, cancellationToken) is (true, var known)) return known;
        if (output.Bytes > SourceFile.MaxBytes || await images.OpenReadAsync(output.Path, cancellationToken) is not { } stream) return null;
        await using (stream)
        {
            return await MakeAsync(name, side, stream, cancellationToken);
        }
    }

    /// <summary>Of what an item edits; null when it can't be had.</summary>
    public async Task<Thumbnail?> OfInputAsync(ImageReference image, int side, CancellationToken cancellationToken)
    {
        if (image.Kind == ImageReferenceKind.FileId) return null;
        var name = ThumbnailCache.NameOfSource(image.Value);
        if (await cache.FindAsync(name, side, ThumbnailCache.SourceAge, cancellationToken) is (true, var known)) return known;
        if (_missing.TryGetValue(name, out var at) && time.GetElapsedTime(at) < Refused) return null;
        var made = image.Kind == ImageReferenceKind.LocalPath ? await OfFileAsync(name, side, image.Value, cancellationToken)
            : image.Value.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? await OfDataAsync(name, side, image.Value, cancellationToken)
            : await FetchAsync(name, side, image.Value, cancellationToken);
        if (made is null)
        {
            if (_missing.Count >= MostRemembered) _missing.Clear();
            _missing[name] = time.GetTimestamp();
        }

        return made;
    }

    private async Task<Thumbnail?> FetchAsync(string name, int side, string url, CancellationToken cancellationToken)
    {
        await _fetches.WaitAsync(cancellationToken);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(Patience);
            var (fetched, _) = await sources.FetchAsync(url, patience.Token);
            if (fetched is null) return null;
            using (fetched) return await cache.MakeAsync(name, side, () => Task.FromResult<string?>(fetched.Path), cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Too slow for a preview.
            return null;
        }
        finally
        {
            _fetches.Release();
        }
    }

    private async Task<Thumbnail?> OfFileAsync(string name, int side, string path, CancellationToken cancellationToken)
    {
        await using var file = LocalSources.Open(path);
        return file is null ? null : await MakeAsync(name, side, file, cancellationToken);
    }

    private async Task<Thumbnail?> OfDataAsync(string name, int side, string url, CancellationToken cancellationToken)
    {
        const string Marker = ";base64,";
        var at = url.IndexOf(Marker, StringComparison.OrdinalIgnoreCase);
        var bytes = new byte[at < 0 ? 0 : (url.Length - at - Marker.Length) / 4 * 3 + 3];
        if (at < 0 || !Convert.TryFromBase64Chars(url.AsSpan(at + Marker.Length), bytes, out var length)) return null;
        using var data = new MemoryStream(bytes, 0, length, writable: false);
        return await MakeAsync(name, side, data, cancellationToken);
    }

    private async Task<Thumbnail?> MakeAsync(string name, int side, Stream picture, CancellationToken cancellationToken)
    {
        FileStream? file = null;
        try
        {
            return await cache.MakeAsync(name, side, async () =>
            {
                file = ScratchFile.Create(out var path);
                await picture.CopyToAsync(file, cancellationToken);
                await file.FlushAsync(cancellationToken);
                return await SourceFile.HeaderOfAsync(file.SafeFileHandle, file.Length, cancellationToken) is null ? null : path;
            }, cancellationToken);
        }
        finally
        {
            if (file is not null) await file.DisposeAsync();
        }
    }
}
