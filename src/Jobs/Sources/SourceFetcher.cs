using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Sources;

/// <summary>Fetches pictures that manifests name by address, under the rules of <see cref="SourcesOptions"/>. Safe for concurrent use.</summary>
public sealed class SourceFetcher
{
    private readonly GuardedDownload _download;
    private readonly IBlobSources? _blobs;
    private readonly SourcesOptions _options;

    /// <summary>Makes one with connections of its own.</summary>
    /// <param name="options">The rules; validated.</param>
    /// <param name="resolver">Resolves names.</param>
    /// <param name="time">The clock of the bounds.</param>
    /// <param name="blobs">Reads blobs; without it there is no <c>az://</c>.</param>
    public SourceFetcher(IOptions<SourcesOptions> options, IHostResolver resolver, TimeProvider time, IBlobSources? blobs = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value;
        _download = new GuardedDownload(_options, resolver, time);
        _blobs = blobs;
    }

    /// <summary>A fetcher of the default rules: public addresses only.</summary>
    internal static SourceFetcher CreateShut(TimeProvider time) => new(Options.Create(new SourcesOptions()), new DnsHostResolver(), time);

    /// <summary>The error of class <c>source</c> that a fault is for an item, and whether another try may help.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="what">What the picture is to the item: <c>image 1</c>.</param>
    internal static EditOutcome OutcomeOf(DownloadFault fault, string what)
    {
        var error = SourceFile.Refused(fault.Code, $"The source of {what} {fault.Message.TrimEnd('.')}.");
        return fault.MayPass ? new EditOutcome.ServerFailed(error, RetryAfter: null) : new EditOutcome.Rejected(error);
    }

    /// <summary>Fetches a picture. Whoever gets it disposes of it.</summary>
    /// <exception cref="OperationCanceledException">Canceled by the caller.</exception>
    internal async Task<(FetchedImage? Image, DownloadFault? Fault)> FetchAsync(string url, CancellationToken cancellationToken)
    {
        FetchedImage? image = null;
        try
        {
            image = new FetchedImage(_options.MaxPixels);
            var bounds = DownloadBounds.From(_options, SourceFile.MaxBytes);
            var (etag, fault) = BlobOf(url) is { } blob
                ? await _blobs!.GetAsync(blob, bounds, image, cancellationToken)
                : await _download.GetAsync(url, bounds, image, cancellationToken);
            fault ??= await image.EndAsync(etag, cancellationToken);
            if (fault is not null) return (null, fault);
            var whole = image;
            image = null;
            return (whole, null);
        }
        catch (ImageStoreException e)
        {
            return (null, new DownloadFault(DownloadFault.NotFetched, $"could not be kept: {SecretScrubber.Scrub(e.Message)}", MayPass: true));
        }
        finally
        {
            image?.Dispose();
        }
    }

    /// <summary>Asks for the strong ETag of an address.</summary>
    internal async Task<string?> TagAsync(string url, CancellationToken cancellationToken)
    {
        var bounds = DownloadBounds.From(_options, SourceFile.MaxBytes);
        var (etag, _) = BlobOf(url) is { } blob ? await _blobs!.HeadAsync(blob, bounds, cancellationToken) : await _download.HeadAsync(url, bounds, cancellationToken);
        return etag;
    }

    private Uri? BlobOf(string url) => _blobs is not null && Uri.TryCreate(url, UriKind.Absolute, out var address) && _blobs.Owns(address) ? address : null;
}
