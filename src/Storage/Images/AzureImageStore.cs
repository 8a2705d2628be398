using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Storage.Images;

/// <summary>Keeps images as block blobs in one container; what an attempt's record says is in each blob's metadata.</summary>
public sealed class AzureImageStore : IImageStore
{
    private readonly AzureContainer _container;
    private readonly AzureContainer _probe;
    private readonly bool _keepPartials;

    /// <summary>Makes a store; calls nothing yet.</summary>
    /// <param name="client">The container, which needn't be there: the first write makes it, unless the options forbid that.</param>
    /// <param name="keepPartials">Whether partial images of streams are stored, beside the outputs. Default false.</param>
    /// <param name="options">Access tier, cache control, and whether the container may be made. Default the options' own.</param>
    /// <param name="probe">Another client of the same container for <see cref="CheckAsync"/>, whose caller wants an answer soon. Default <paramref name="client"/>.</param>
    public AzureImageStore(BlobContainerClient client, bool keepPartials = false, AzureStorageOptions? options = null, BlobContainerClient? probe = null)
    {
        var chosen = options ?? new AzureStorageOptions();
        (_container, _keepPartials) = (new AzureContainer(client, chosen), keepPartials);
        _probe = probe is null ? _container : new AzureContainer(probe, chosen);
    }

    /// <summary>Makes a store from a connection string, Azurite's included.</summary>
    /// <exception cref="FormatException">The connection string is none.</exception>
    public AzureImageStore(string connectionString, string container, bool keepPartials = false)
        : this(new BlobContainerClient(connectionString, container), keepPartials)
    {
    }

    /// <inheritdoc />
    public string Location => _container.Location;

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The place would leave the container.</exception>
    public IOutputSink OpenSink(AttemptPlace place)
    {
        ImagePaths.Require(place.PathOf(0));
        return new AzureImageSink(_container, place, _keepPartials);
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The place would leave the container.</exception>
    /// <exception cref="ImageStoreException">The store can't be read; that doesn't mean that nothing is there.</exception>
    public async Task<AdoptedOutputs?> FindAsync(AttemptPlace place, long attemptId, CancellationToken cancellationToken)
    {
        var first = await FindImageAsync(place, 0, attemptId, cancellationToken);
        if (first is not { } found) return null;
        var others = await Task.WhenAll(Enumerable.Range(1, found.Metadata.Images - 1).Select(index => FindImageAsync(place, index, attemptId, cancellationToken)));
        return others.Contains(null) ? null : new AdoptedOutputs([found.Image, .. others.Select(other => other!.Image)], found.Metadata);
    }

    /// <inheritdoc />
    /// <remarks>A path that would leave the container names no image, so the answer is null.</remarks>
    /// <exception cref="ImageStoreException">The store can't be read.</exception>
    public async Task<Stream?> OpenReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!ImagePaths.IsSafe(path)) return null;
        return await _container.ReadAsync(
            path, async () => (await _container.Blob(path).DownloadStreamingAsync(cancellationToken: cancellationToken)).Value.Content, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<bool> HoldsAsync(string path, long bytes, CancellationToken cancellationToken) =>
        ImagePaths.IsSafe(path) && await _container.DescribeAsync(path, cancellationToken) is { } there && there.ContentLength == bytes;

    /// <inheritdoc />
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var path = $".probe/{Guid.NewGuid():N}";
        var blob = _probe.Blob(path);
        await _probe.WriteAsync(path, () => blob.UploadAsync(new MemoryStream([.. "probe"u8]), new BlobUploadOptions(), cancellationToken), cancellationToken);
        await _probe.WriteAsync(path, () => blob.DeleteIfExistsAsync(cancellationToken: cancellationToken), cancellationToken);
    }

    private async Task<FoundImage?> FindImageAsync(AttemptPlace place, int index, long attemptId, CancellationToken cancellationToken)
    {
        foreach (var at in place.InEveryFormat)
        {
            var path = ImagePaths.Require(at.PathOf(index));
            var there = await _container.DescribeAsync(path, cancellationToken);
            if (there is not null && AzureMetadata.ReadAttempt(there.Metadata) is { } metadata && metadata.AttemptId == attemptId
                && AzureMetadata.ReadImage(there.Metadata, path, there.ContentLength) is { } image)
                return new FoundImage(image, metadata);
        }

        return null;
    }

    private sealed record FoundImage(StoredImage Image, OutputMetadata Metadata);
}
