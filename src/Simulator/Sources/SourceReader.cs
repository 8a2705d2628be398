using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Darkroom.Simulator.Answers;
using Darkroom.Simulator.Catalogue;
using Darkroom.Simulator.Files;
using Darkroom.Simulator.Imaging;

namespace Darkroom.Simulator.Sources;

/// <summary>
/// Gets a request's input images. The shop's host is answered from memory and loopback URLs are fetched; no other host is ever contacted: a
/// picture derived from the URL stands for it, unless its path contains "missing" or "broken", which fails.
/// </summary>
/// <param name="decode">Whether pixels are wanted, so that a damaged PNG is found out; false for benchmarks.</param>
internal sealed class SourceReader(FileStore files, TimeProvider time, bool decode) : IDisposable
{
    /// <summary>The largest input file, in bytes.</summary>
    private const int MaxBytes = 50_000_000;

    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(5);

    private readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false })
    {
        MaxResponseContentBufferSize = MaxBytes,
    };

    /// <summary>Gets one image.</summary>
    public async Task<SourceLoad> LoadAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        if (reference.Content is { } content)
        {
            return FromBytes(Hash(content), content, reference.Param);
        }

        if (reference.FileId is { } id)
        {
            return files.Find(id) is { } file
                ? FromBytes($"file:{id}", file.Content, reference.Param)
                : ServiceError.BadRequest("file_not_found", $"No such file: '{id}'.", reference.Param);
        }

        var url = reference.Url!;
        if (DataUrl.Is(url))
        {
            return DataUrl.Decode(url) is { } bytes
                ? FromBytes(Hash(bytes), bytes, reference.Param)
                : ServiceError.BadRequest("invalid_value", $"Invalid '{reference.Param}': a data URL must be 'data:image/TYPE;base64,' and valid base64.", reference.Param);
        }

        return await FromWebAsync(new Uri(url), url, reference.Param, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private static string Hash(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";

    private async Task<SourceLoad> FromWebAsync(Uri uri, string url, string param, CancellationToken cancellationToken)
    {
        if (string.Equals(uri.Host, ShopCatalogue.Host, StringComparison.OrdinalIgnoreCase))
        {
            return FromShop(uri, url, param);
        }

        if (uri.IsLoopback)
        {
            return await FetchAsync(uri, url, param, cancellationToken);
        }

        if (uri.AbsolutePath.Contains("missing", StringComparison.OrdinalIgnoreCase) || uri.AbsolutePath.Contains("broken", StringComparison.OrdinalIgnoreCase))
        {
            return ServiceError.Unreachable(url, "Upstream status code: 404.", param);
        }

        return new SourcePicture(url, null, null, new(() => StandInPicture.For(Encoding.UTF8.GetBytes(url))));
    }

    private static SourceLoad FromShop(Uri uri, string url, string param)
    {
        var name = uri.Segments[^1];
        if (ShopCatalogue.Find(name) is not { } bytes)
        {
            return ServiceError.Unreachable(url, "Upstream status code: 404.", param);
        }

        return new SourcePicture(url, ImageInfo.Read(bytes), bytes.Length, new(() => ShopCatalogue.FindRaster(name)!));
    }

    private async Task<SourceLoad> FetchAsync(Uri uri, string url, string param, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(FetchTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var answer = await client.GetAsync(uri, either.Token);
            return answer.IsSuccessStatusCode
                ? FromBytes(url, await answer.Content.ReadAsByteArrayAsync(either.Token), param)
                : ServiceError.Unreachable(url, $"Upstream status code: {(int)answer.StatusCode}.", param);
        }
        catch (HttpRequestException e)
        {
            return ServiceError.Unreachable(url, $"Upstream failed: {e.HttpRequestError}.", param);
        }
        catch (SocketException e)
        {
            // Reset in the instant that the connection was made: HttpClient doesn't wrap it.
            return ServiceError.Unreachable(url, $"Upstream failed: {e.SocketErrorCode}.", param);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return ServiceError.Unreachable(url, "Upstream did not answer in time.", param);
        }
    }

    private SourceLoad FromBytes(string name, byte[] bytes, string param)
    {
        if (bytes.Length >= MaxBytes)
        {
            return ServiceError.BadImage($"The image has {bytes.Length} bytes; it must have fewer than {MaxBytes}.", param);
        }

        if (ImageInfo.Read(bytes) is not { } info)
        {
            return ServiceError.BadImage("The file is not a PNG, JPEG or WebP image that can be read.", param);
        }

        if (!decode || info.Format != "png")
        {
            return new SourcePicture(name, info, bytes.Length, new(() => StandInPicture.For(bytes)));
        }

        try
        {
            var pixels = PngDecoder.Decode(bytes);
            return new SourcePicture(name, info, bytes.Length, new(() => pixels ?? StandInPicture.For(bytes)));
        }
        catch (InvalidDataException e)
        {
            return ServiceError.BadImage($"The PNG is damaged: {e.Message}.", param);
        }
    }
}
