using System.Buffers;
using Microsoft.Extensions.Logging;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// Fetches an image that came as an address instead of inline (images-edits-contract.md, <c>url</c>), without the key. It is paid for, so a failure that
/// may pass is tried again; until an image is whole it lies in a temporary file, and a try that broke off leaves no trace in the store.
/// </summary>
/// <param name="http">The client; requests carry no key.</param>
/// <param name="maxBytes">Most bytes taken of one image.</param>
/// <param name="time">The clock of the pauses.</param>
/// <param name="logger">Told of tries that failed.</param>
internal sealed class ImageDownload(HttpClient http, long maxBytes, TimeProvider time, ILogger logger)
{
    /// <summary>How often an image is asked for at most.</summary>
    public const int Tries = 3;

    /// <summary>The pause before the second try; doubled before the third.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Fetches one image into the output.</summary>
    /// <param name="url">What the answer said.</param>
    /// <param name="output">Where the image goes.</param>
    /// <param name="cancellationToken">Cancels the fetch.</param>
    /// <returns>The error of class <c>bad_answer</c>, or null. A transfer that broke on the last try is an exception.</returns>
    public async Task<ServiceError?> FetchAsync(string url, OutputWriter output, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            return Refused("The answer names an image by something else than an http address.");
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var (fault, mayPass) = await TryAsync(address, output, cancellationToken);
                if (!mayPass || attempt == Tries) return fault;
                logger.ImageNotFetchedYet(attempt, fault!.Message);
            }
            catch (Exception e) when (attempt < Tries && EditClient.IsTransferFailure(e) && !cancellationToken.IsCancellationRequested)
            {
                logger.ImageNotFetchedYet(attempt, SecretScrubber.Scrub(e.Message));
            }

            await Task.Delay(Pause * (1 << (attempt - 1)), time, cancellationToken);
        }
    }

    private async Task<(ServiceError? Fault, bool MayPass)> TryAsync(Uri address, OutputWriter output, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var status = (int)response.StatusCode;
        if (!response.IsSuccessStatusCode) return (Refused($"The image's address answers with HTTP {status}."), status is 408 or 425 or 429 or >= 500);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var spool = new ImageSpool();
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            long total = 0;
            int read;
            spool.Begin();
            while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
            {
                total += read;
                if (total > maxBytes) return (Refused($"The image is larger than {maxBytes} bytes."), false);
                await spool.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            if (total == 0) return (Refused("The image's address answers with nothing."), true);
            await spool.CopyToAsync(output, buffer, cancellationToken);
            return (null, false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ServiceError Refused(string message) => new(ErrorClasses.BadAnswer, "image_not_fetched", message);
}
