using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Running;
using Darkroom.Jobs.Sources;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Uploads;

/// <summary>
/// Decides which local files are uploaded: those too large for a data URL, and those that <see cref="EndpointOptions.UploadSharedFrom"/> or more items of
/// the batch name. All others are sent inline. A file that can't be read is left as it is: the call refuses it, with the reason. Addresses that the worker is
/// to fetch (<see cref="FetchedBy.Worker"/>, and <c>az://</c> always) are fetched, and then treated likewise.
/// </summary>
public sealed class SourcePreparer : ISourcePreparer
{
    private const int MostRemembered = 10_000;

    private readonly SourceUploader _uploader;
    private readonly SharedPaths _shared;
    private readonly RemoteSources _remote;
    private readonly LocalSources _local = new();
    private readonly ModelBook _book;
    private readonly RepeatedWarnings _warnings;
    private readonly ILogger<SourcePreparer> _logger;
    private readonly Lock _gate = new();
    private readonly HashSet<long> _sentAgain = [];

    /// <summary>Makes one; the uploader's caches live as long as it does.</summary>
    public SourcePreparer(
        IUploadedFileStore store, IFileService service, WorkerProcess process, ModelBook book, IOptions<EndpointOptions> options, SourceFetcher fetcher,
        TimeProvider time, RepeatedWarnings warnings, ILogger<SourcePreparer> logger)
    {
        // A file must outlive the longest call that names it.
        var margin = options.Value.Timeout + TimeSpan.FromMinutes(5);
        var halfLife = options.Value.UploadLifetime / 2;
        _uploader = new SourceUploader(store, service, process, time, margin < halfLife ? margin : halfLife, logger);
        _shared = new SharedPaths(store, options.Value.UploadSharedFrom);
        _remote = new RemoteSources(fetcher, _uploader, _shared, logger);
        (_book, _warnings, _logger) = (book, warnings, logger);
    }

    /// <inheritdoc/>
    public async Task<PreparedSources> PrepareAsync(ClaimedItem item, CancellationToken cancellationToken)
    {
        var references = item.Input.Mask is null ? item.Input.Images : [.. item.Input.Images, item.Input.Mask];
        // A form carries bytes, and fetches what it needs by itself.
        if (_book.Find(item.Model).Form == RequestForm.Multipart || references.All(reference => reference.Kind != ImageReferenceKind.LocalPath && !IsFetched(item, reference)))
            return new PreparedSources(item.Input, []);
        var prepared = new List<ImageReference>(references.Count);
        var uploads = new List<UploadedFile>();
        var temporary = new List<IDisposable>();
        var versions = new Dictionary<ImageReference, SourceVersion>();
        var done = false;
        try
        {
            foreach (var reference in references)
            {
                var what = prepared.Count < item.Input.Images.Count ? $"image {prepared.Count + 1}" : "the mask";
                var source = IsFetched(item, reference)
                    ? await _remote.TakeAsync(item, reference.Value, what, cancellationToken)
                    : await TakeLocalAsync(item, reference, cancellationToken);
                if (source.Failure is not null) return new PreparedSources(item.Input, [], source.Failure);
                if (source.File is not null) uploads.Add(source.File);
                if (source.Temporary is not null) temporary.Add(source.Temporary);
                if (source.Version is not null) versions[reference] = source.Version;
                prepared.Add(source.File is { } file ? ImageReference.File(file.FileId) : source.Temporary is { } image ? ImageReference.Local(image.Path) : reference);
            }

            var images = item.Input.Images.Count;
            done = true;
            return new PreparedSources(new EditInput(prepared[..images], item.Input.Mask is null ? null : prepared[images]), uploads)
            {
                Temporary = temporary,
                Versions = versions,
            };
        }
        finally
        {
            if (!done) foreach (var file in temporary) file.Dispose();
        }
    }

    /// <inheritdoc/>
    public async Task<bool> ForgetAsync(ClaimedItem item, PreparedSources sources, CancellationToken cancellationToken)
    {
        foreach (var file in sources.Uploads)
        {
            if (_warnings.IsNews(item.BatchId, "the service doesn't know an uploaded file any more")) Log.UploadGone(_logger, file.FileId);
            await _uploader.ForgetAsync(file, cancellationToken);
        }

        // Kept in memory alone: a process that dies grants one more at worst, and a refusal costs nothing.
        lock (_gate)
        {
            if (_sentAgain.Count >= MostRemembered) _sentAgain.Clear();
            return _sentAgain.Add(item.Id);
        }
    }

    // The service doesn't know az:// addresses, whatever the batch says.
    private static bool IsFetched(ClaimedItem item, ImageReference reference) =>
        reference.Kind == ImageReferenceKind.Url
        && (SourceAddress.IsBlob(reference.Value) || (item.FetchedBy == FetchedBy.Worker && !reference.Value.StartsWith("data:", StringComparison.OrdinalIgnoreCase)));

    private async Task<TakenSource> TakeLocalAsync(ClaimedItem item, ImageReference reference, CancellationToken cancellationToken)
    {
        if (reference.Kind != ImageReferenceKind.LocalPath) return TakenSource.AsItIs;
        if (await LocalSources.PeekAsync(reference.Value, cancellationToken) is not { } seen || seen.Bytes >= SourceFile.MaxBytes) return TakenSource.AsItIs;
        var fits = SourceFile.DataUrlLength(seen.MediaType, seen.Bytes) <= SourceFile.MaxDataUrl;
        if (fits && !await _shared.ContainsAsync(item.BatchId, reference.Value, cancellationToken)) return TakenSource.AsItIs;
        if (await _local.ReadAsync(reference.Value, seen.MediaType, cancellationToken) is not { } source) return TakenSource.AsItIs;
        var (file, failure) = await _uploader.UploadAsync(source, item.BatchId, cancellationToken);
        // A server without a Files API, or one that refuses the file: what fits is sent inline, as it would be without sharing.
        if (failure is not EditOutcome.Rejected refused || !fits) return new TakenSource(file, Failure: failure);
        Log.SentInline(_logger, reference.Value, refused.Error.Message);
        return TakenSource.AsItIs;
    }
}
