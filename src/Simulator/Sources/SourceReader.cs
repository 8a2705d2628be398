using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Darkroom.Simulator.Http;
using Darkroom.Simulator.Pictures;

namespace Darkroom.Simulator.Sources;

/// <summary>An input image that could be had.</summary>
/// <param name="Name">What the account calls it: the URL, <c>file:ID</c>, or for inline bytes <c>sha256:HEX</c>.</param>
/// <param name="Info">What its header says; null for a picture that stands for a host that is never contacted.</param>
/// <param name="Bytes">The file's size, or null as above.</param>
/// <param name="Pixels">The picture itself, made when asked for.</param>
internal sealed record SourcePicture(string Name, PictureInfo? Info, int? Bytes, Lazy<Pixels> Pixels)
{
    /// <summary>Pixels a row; 1024 when unknown.</summary>
    public int Width => Info?.Width ?? 1024;

    /// <summary>Rows; 1024 when unknown.</summary>
    public int Height => Info?.Height ?? 1024;
}

/// <summary>An input image, or why it can't be had.</summary>
internal readonly record struct SourceLoad(SourcePicture? Picture, ServiceError? Error)
{
    public static implicit operator SourceLoad(SourcePicture picture) => new(picture, null);

    public static implicit operator SourceLoad(ServiceError error) => new(null, error);
}

/// <summary>
/// Gets a request's input images. The shop's host is answered from memory and loopback URLs are fetched; no other host is ever contacted: a
/// picture derived from the URL stands for it, unless its path contains "missing" or "broken", which fails.
/// </summary>
/// <param name="decode">Whether pixels are wanted, so that a damaged file is found out; false for benchmarks.</param>
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

        return new SourcePicture(url, null, null, new(() => ShopCatalogue.StandInFor(Encoding.UTF8.GetBytes(url))));
    }

    private static SourceLoad FromShop(Uri uri, string url, string param)
    {
        var name = uri.Segments[^1];
        return ShopCatalogue.FindPicture(name) is { } picture
            ? new SourcePicture(url, picture.Info, picture.File.Length, picture.Pixels)
            : ServiceError.Unreachable(url, "Upstream status code: 404.", param);
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

        if (PictureFile.ReadInfo(bytes) is not { } info)
        {
            return ServiceError.BadImage("The file is not a PNG, JPEG or WebP image that can be read.", param);
        }

        if (!decode)
        {
            return new SourcePicture(name, info, bytes.Length, new(() => ShopCatalogue.StandInFor(bytes)));
        }

        try
        {
            var pixels = PictureFile.Decode(bytes) ?? ShopCatalogue.StandInFor(bytes);
            return new SourcePicture(name, info, bytes.Length, new(pixels));
        }
        catch (InvalidDataException e)
        {
            return ServiceError.BadImage($"The {info.Format.ToString().ToUpperInvariant()} is damaged: {e.Message}.", param);
        }
    }
}
