using System.Collections.Concurrent;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Sources;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Uploads;

/// <summary>
/// Brings sources here that the service isn't to fetch. One that few items name is fetched for each, and goes with the call; one that many name is fetched once
/// by each process, uploaded once by all of them, and stays what it was for the rest of the batch.
/// </summary>
internal sealed class RemoteSources(SourceFetcher fetcher, SourceUploader uploader, SharedPaths shared, ILogger logger)
{
    private const int MostRemembered = 10_000;

    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];
    private readonly ConcurrentDictionary<(string BatchId, string Url), LocalSource> _known = new();
    private readonly ConcurrentDictionary<(string BatchId, string Url), bool> _inlineOnly = new();

    /// <summary>Fetches a source, and uploads it where that is better.</summary>
    public async Task<TakenSource> TakeAsync(ClaimedItem item, string url, string what, CancellationToken cancellationToken)
    {
        var key = (item.BatchId, url);
        if (_inlineOnly.ContainsKey(key) || !await shared.ContainsAsync(item.BatchId, url, cancellationToken)) return await FetchAsync(item, url, what, isShared: false, cancellationToken);
        var gate = _gates[(uint)StringComparer.Ordinal.GetHashCode(url) % _gates.Length];
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (_known.TryGetValue(key, out var known) && await uploader.FindAsync(known, item.BatchId, cancellationToken) is { } file) return new TakenSource(file, Version: VersionOf(known.Sha256));
            return await FetchAsync(item, url, what, isShared: true, cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<TakenSource> FetchAsync(ClaimedItem item, string url, string what, bool isShared, CancellationToken cancellationToken)
    {
        var (image, fault) = await fetcher.FetchAsync(url, cancellationToken);
        if (image is null) return new TakenSource(Failure: SourceFetcher.OutcomeOf(fault!, what));
        var keep = false;
        try
        {
            Log.SourceFetched(logger, what, image.Bytes, image.Header!.Format);
            var fits = SourceFile.DataUrlLength(image.Header.MediaType, image.Bytes) <= SourceFile.MaxDataUrl;
            if (isShared || !fits)
            {
                var source = new LocalSource(image.Path, image.Sha256, image.Bytes, image.Header.MediaType);
                var (file, failure) = await uploader.UploadAsync(source, item.BatchId, cancellationToken);
                if (file is not null && isShared) Remember(_known, (item.BatchId, url), source);
                if (file is not null) return new TakenSource(file, Version: VersionOf(image.Sha256));
                // A server without a Files API, or one that refuses the file: what fits is sent inline, as it would be without sharing.
                if (failure is not EditOutcome.Rejected refused || !fits) return new TakenSource(Failure: failure);
                Log.SentInline(logger, what, refused.Error.Message);
                Remember(_inlineOnly, (item.BatchId, url), true);
            }

            keep = true;
            return new TakenSource(Temporary: image, Version: VersionOf(image.Sha256));
        }
        finally
        {
            if (!keep) image.Dispose();
        }
    }

    private static SourceVersion VersionOf(string sha256) => new(SourceVersionKind.Sha256, sha256);

    private static void Remember<T>(ConcurrentDictionary<(string, string), T> all, (string, string) key, T value)
    {
        if (all.Count >= MostRemembered) all.Clear();
        all[key] = value;
    }
}
