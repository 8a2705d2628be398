using System.Buffers;
using Darkroom.Jobs.Images;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Scratch;
using Darkroom.Jobs.Sources;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// Fetches an image that came as an address instead of inline (docs/endpoint.md, Servers), without the key and under the rules of
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

    /// <summary>Fetches one image into the output, which sees whether it is one.</summary>
    /// <param name="url">What the answer said.</param>
    /// <param name="output">Where the image goes.</param>
    /// <param name="cancellationToken">Cancels the fetch.</param>
    /// <returns>The error of class <c>bad_answer</c>, or null.</returns>
    public async Task<ServiceError?> FetchAsync(string url, OutputWriter output, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await TryAsync(url, output, isLast: attempt == Tries, cancellationToken) is not { } fault) return null;
            var error = new ServiceError(ErrorClasses.BadAnswer, "image_not_fetched", $"The image that the answer names {fault.Message.TrimEnd('.')}.");
            if (!fault.MayPass || attempt == Tries) return error;
            logger.ImageNotFetchedYet(attempt, error.Message);
            await Task.Delay(Pause * (1 << (attempt - 1)), time, cancellationToken);
        }
    }

    private async Task<DownloadFault?> TryAsync(string url, OutputWriter output, bool isLast, CancellationToken cancellationToken)
    {
        using var file = new DownloadedFile();
        var (_, fault) = await download.GetAsync(url, bounds, file, cancellationToken);
        if (fault is not null) return fault;
        var image = file.Sniffer;
        if (image.Length == 0) return new DownloadFault(DownloadFault.NotFetched, "has no bytes", MayPass: true);
        if ((long?)image.Width * image.Height > maxPixels)
            return new DownloadFault(DownloadFault.TooLarge, $"claims {image.Width}x{image.Height} pixels; at most {maxPixels} are taken");
        // A connection that is closed early looks like an end. What is no image stays none, and is kept for a look.
        if (image is { Format: not null, IsWhole: false } && !isLast) return new DownloadFault(DownloadFault.NotFetched, $"is {image.Description}", MayPass: true);
        await file.CopyToAsync(output, cancellationToken);
        return null;
    }

    /// <summary>A download in a temporary file, looked at while it comes.</summary>
    private sealed class DownloadedFile : IDownloadTarget, IDisposable
    {
        private readonly FileStream _file;

        public DownloadedFile()
        {
            try
            {
                _file = ScratchFile.Create();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Refused(e);
            }
        }

        public ImageSniffer Sniffer { get; } = new();

        public async ValueTask<DownloadFault?> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            try
            {
                await _file.WriteAsync(bytes, cancellationToken);
            }
            catch (IOException e)
            {
                throw Refused(e);
            }

            Sniffer.Take(bytes.Span);
            return null;
        }

        public async Task CopyToAsync(OutputWriter output, CancellationToken cancellationToken)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
            try
            {
                _file.Position = 0;
                int read;
                while ((read = await _file.ReadAsync(buffer, cancellationToken)) > 0) await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                await output.EndAsync(cancellationToken);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        public void Dispose() => _file.Dispose();

        // Told apart so from a broken connection.
        private static ImageStoreException Refused(Exception cause) => new($"The temporary folder takes no image: {cause.Message}", cause);
    }
}
