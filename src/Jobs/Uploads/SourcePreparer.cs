using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Running;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Uploads;

/// <summary>
/// Decides which local files are uploaded: those too large for a data URL, and those that <see cref="EndpointOptions.UploadSharedFrom"/> or more items of
/// the batch name. All others are sent inline. A file that can't be read is left as it is: the call refuses it, with the reason.
/// </summary>
public sealed class SourcePreparer : ISourcePreparer
{
    private const int MostRemembered = 10_000;

    private readonly SourceUploader _uploader;
    private readonly SharedPaths _shared;
    private readonly LocalSources _local = new();
    private readonly ModelBook _book;
    private readonly ILogger<SourcePreparer> _logger;
    private readonly Lock _gate = new();
    private readonly HashSet<long> _sentAgain = [];

    /// <summary>Makes one; the uploader's caches live as long as it does.</summary>
    public SourcePreparer(
        IUploadedFileStore store, IFileService service, WorkerProcess process, ModelBook book, IOptions<EndpointOptions> options, TimeProvider time,
        ILogger<SourcePreparer> logger)
    {
        // A file must outlive the longest call that names it.
        var margin = options.Value.Timeout + TimeSpan.FromMinutes(5);
        var halfLife = options.Value.UploadLifetime / 2;
        _uploader = new SourceUploader(store, service, process, time, margin < halfLife ? margin : halfLife);
        _shared = new SharedPaths(store, options.Value.UploadSharedFrom);
        (_book, _logger) = (book, logger);
    }

    /// <inheritdoc/>
    public async Task<PreparedSources> PrepareAsync(ClaimedItem item, CancellationToken cancellationToken)
    {
        var references = item.Input.Mask is null ? item.Input.Images : [.. item.Input.Images, item.Input.Mask];
        if (_book.Find(item.Model).Form == RequestForm.Multipart || references.All(reference => reference.Kind != ImageReferenceKind.LocalPath))
            return new PreparedSources(item.Input, []);
        var prepared = new List<ImageReference>(references.Count);
        var uploads = new List<UploadedFile>();
        foreach (var reference in references)
        {
            var (file, failure) = await UploadAsync(item, reference, cancellationToken);
            if (failure is not null) return new PreparedSources(item.Input, [], failure);
            if (file is not null) uploads.Add(file);
            prepared.Add(file is null ? reference : ImageReference.File(file.FileId));
        }

        var images = item.Input.Images.Count;
        return new PreparedSources(new EditInput(prepared[..images], item.Input.Mask is null ? null : prepared[images]), uploads);
    }

    /// <inheritdoc/>
    public async Task<bool> ForgetAsync(ClaimedItem item, PreparedSources sources, CancellationToken cancellationToken)
    {
        foreach (var file in sources.Uploads)
        {
            Log.UploadGone(_logger, file.FileId);
            await _uploader.ForgetAsync(file, cancellationToken);
        }

        // Kept in memory alone: a process that dies grants one more at worst, and a refusal costs nothing.
        lock (_gate)
        {
            if (_sentAgain.Count >= MostRemembered) _sentAgain.Clear();
            return _sentAgain.Add(item.Id);
        }
    }

    private async Task<(UploadedFile? File, EditOutcome? Failure)> UploadAsync(ClaimedItem item, ImageReference reference, CancellationToken cancellationToken)
    {
        if (reference.Kind != ImageReferenceKind.LocalPath) return (null, null);
        if (await LocalSources.PeekAsync(reference.Value, cancellationToken) is not { } seen || seen.Bytes >= SourceFile.MaxBytes) return (null, null);
        var fits = SourceFile.DataUrlLength(seen.MediaType, seen.Bytes) <= SourceFile.MaxDataUrl;
        if (fits && !await _shared.ContainsAsync(item.BatchId, reference.Value, cancellationToken)) return (null, null);
        if (await _local.ReadAsync(reference.Value, seen.MediaType, cancellationToken) is not { } source) return (null, null);
        var (file, failure) = await _uploader.UploadAsync(source, item.BatchId, cancellationToken);
        // A server without a Files API, or one that refuses the file: what fits is sent inline, as it would be without sharing.
        if (failure is not EditOutcome.Rejected refused || !fits) return (file, failure);
        Log.SentInline(_logger, reference.Value, refused.Error.Message);
        return (null, null);
    }
}
