using Darkroom.Jobs.Sources;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// Fetches an image that came as an address instead of inline (images-edits-contract.md, <c>url</c>), without the key and under the rules of
/// <see cref="GuardedDownload"/>. It is paid for, so a failure that may pass is tried again; until an image is whole it lies in a temporary file, and a try
/// that broke off leaves no trace in the store.
/// </summary>
/// <param name="download">Gets it; trusts the endpoint's own host.</param>
/// <param name="bounds">How much and how long.</param>
/// <param name="maxPixels">Most pixels that it may claim.</param>
/// <param name="time">The clock of the pauses.</param>
/// <param name="logger">Told of tries that failed.</param>
internal sealed class ImageDownload(GuardedDownload download, DownloadBounds bounds, long maxPixels, TimeProvider time, ILogger logger)
{
    /// <summary>How often an image is asked for at most.</summary>
    public const int Tries = 3;

    /// <summary>The pause before the second try; doubled before the third.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Fetches one image into the output.</summary>
    /// <param name="url">What the answer said.</param>
    /// <param name="output">Where the image goes.</param>
    /// <param name="cancellationToken">Cancels the fetch.</param>
    /// <returns>The error of class <c>bad_answer</c>, or null.</returns>
    public async Task<ServiceError?> FetchAsync(string url, OutputWriter output, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await TryAsync(url, output, cancellationToken) is not { } fault) return null;
            var error = new ServiceError(ErrorClasses.BadAnswer, "image_not_fetched", $"The image that the answer names {fault.Message.TrimEnd('.')}.");
            if (!fault.MayPass || attempt == Tries) return error;
            logger.ImageNotFetchedYet(attempt, error.Message);
            await Task.Delay(Pause * (1 << (attempt - 1)), time, cancellationToken);
        }
    }

    private async Task<DownloadFault?> TryAsync(string url, OutputWriter output, CancellationToken cancellationToken)
    {
        using var image = new FetchedImage(maxPixels);
        var (etag, fault) = await download.GetAsync(url, bounds, image, cancellationToken);
        if (fault is not null) return fault;
        if (image.Bytes == 0) return new DownloadFault(DownloadFault.NotFetched, "has no bytes", MayPass: true);
        if (await image.EndAsync(etag, cancellationToken) is { } unusable) return unusable;
        await image.CopyToAsync(output, cancellationToken);
        return null;
    }
}
