using System.Buffers;

namespace Darkroom.Jobs.Editing;

/// <summary>Fetches an image that came as an address instead of inline (images-edits-contract.md, <c>url</c>), without the key.</summary>
internal static class ImageDownload
{
    /// <summary>Fetches one image into the output.</summary>
    /// <param name="http">The client; the request carries no key.</param>
    /// <param name="url">What the answer said.</param>
    /// <param name="output">Where the image goes.</param>
    /// <param name="maxBytes">Most bytes taken.</param>
    /// <param name="cancellationToken">Cancels the fetch.</param>
    /// <returns>The error of class <c>bad_answer</c>, or null. A broken transfer is an exception.</returns>
    public static async Task<ServiceError?> FetchAsync(HttpClient http, string url, OutputWriter output, long maxBytes, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            return Refused("The answer names an image by something else than an http address.");
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode) return Refused($"The image's address answers with HTTP {(int)response.StatusCode}.");
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            long total = 0;
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
            {
                total += read;
                if (total > maxBytes) return Refused($"The image is larger than {maxBytes} bytes.");
                await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (!output.IsOpen) return Refused("The image's address answers with nothing.");
        await output.EndAsync(cancellationToken);
        return null;
    }

    private static ServiceError Refused(string message) => new(ErrorClasses.BadAnswer, "image_not_fetched", message);
}
