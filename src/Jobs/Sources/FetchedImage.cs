using System.Security.Cryptography;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Images;
using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Scratch;

namespace Darkroom.Jobs.Sources;

/// <summary>
/// A picture that was fetched into a temporary file, which goes when this is disposed of. Its header is looked at as soon as enough of it is there: what is no
/// picture, or claims too many pixels, isn't read to its end.
/// </summary>
internal sealed class FetchedImage : IDownloadTarget, IDisposable
{
    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly long _maxPixels;
    private long _nextLook = ImageHeader.EnoughBytes;

    /// <summary>Makes an empty one.</summary>
    /// <exception cref="ImageStoreException">The temporary folder takes no file.</exception>
    public FetchedImage(long maxPixels)
    {
        _maxPixels = maxPixels;
        try
        {
            _file = ScratchFile.Create(out var path);
            Path = path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(e);
        }
    }

    /// <summary>Where the temporary file can be opened, within this process, until this is disposed of.</summary>
    public string Path { get; }

    /// <summary>Its bytes so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>What its header says; set once it is whole.</summary>
    public ImageHeader? Header { get; private set; }

    /// <summary>Lower-case hex of its SHA-256; set once it is whole.</summary>
    public string Sha256 { get; private set; } = "";

    /// <summary>The strong ETag that came with it, or null.</summary>
    public string? ETag { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="ImageStoreException">The temporary folder is full or gone: told apart so from a broken connection.</exception>
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

        _hash.AppendData(bytes.Span);
        Bytes += bytes.Length;
        if (Header is not null || Bytes < _nextLook) return null;
        // A JPEG whose size stands behind its metadata is looked at again each time that it has doubled.
        _nextLook = 2 * Bytes;
        return await LookAsync(isWhole: false, cancellationToken);
    }

    /// <summary>Ends it.</summary>
    /// <returns>Why it can't be used, or null.</returns>
    public async ValueTask<DownloadFault?> EndAsync(string? etag, CancellationToken cancellationToken)
    {
        ETag = etag;
        Sha256 = Convert.ToHexStringLower(_hash.GetHashAndReset());
        return Header is null ? await LookAsync(isWhole: true, cancellationToken) : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _hash.Dispose();
        _file.Dispose();
    }

    private static ImageStoreException Refused(Exception cause) => new($"The temporary folder takes no image: {cause.Message}", cause);

    private async Task<DownloadFault?> LookAsync(bool isWhole, CancellationToken cancellationToken)
    {
        Header = await SourceFile.HeaderOfAsync(_file.SafeFileHandle, Bytes, cancellationToken);
        if (Header is null)
        {
            var kind = await SourceFile.KindOfAsync(_file.SafeFileHandle, cancellationToken);
            return !isWhole && kind.Id is "jpeg" ? null : new DownloadFault(DownloadFault.NotImage, kind.NotInputImage);
        }

        return (long)Header.Width * Header.Height <= _maxPixels
            ? null
            : new DownloadFault(DownloadFault.TooLarge, $"claims {Header.Width}x{Header.Height} pixels; at most {_maxPixels} are taken");
    }
}
