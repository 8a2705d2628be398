using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Storage.Images;

/// <summary>The container, made when something is first written and it isn't there, and the translation of its answers.</summary>
/// <param name="client">The container.</param>
/// <param name="options">Whether it may be made, and what every image gets.</param>
internal sealed class AzureContainer(BlobContainerClient client, AzureStorageOptions options)
{
    /// <summary>The client.</summary>
    public BlobContainerClient Client => client;

    /// <summary>The access tier of images, or null for the account's own.</summary>
    public AccessTier? Tier { get; } = string.IsNullOrEmpty(options.AccessTier) ? default(AccessTier?)
        : new AccessTier(AzureStorageOptionsCheck.Tiers.First(tier => tier.Equals(options.AccessTier, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The headers of an image.</summary>
    public BlobHttpHeaders HeadersOf(string mediaType) =>
        new() { ContentType = mediaType, CacheControl = string.IsNullOrEmpty(options.CacheControl) ? null : options.CacheControl };

    /// <summary>The container's address without a signature.</summary>
    public string Location { get; } = client.Uri.GetLeftPart(UriPartial.Path);

    /// <summary>A blob.</summary>
    public BlockBlobClient Blob(string path) => client.GetBlockBlobClient(path);

    /// <summary>
    /// Runs a conditional creation. Asking first whether the container is there would cost a call for every process and a right that an account may not have,
    /// so it is made when the service misses it.
    /// </summary>
    /// <returns>Null when it was created, else the answer that says that the place is taken; see <see cref="AzureAnswers.MeansTaken"/>.</returns>
    /// <exception cref="ImageStoreException">Anything else that the service answers.</exception>
    public async Task<RequestFailedException?> CreateAsync(string path, Func<Task> create, CancellationToken cancellationToken)
    {
        try
        {
            try
            {
                await create();
            }
            catch (RequestFailedException e) when (AzureAnswers.IsMissingContainer(e) && options.CreateContainer)
            {
                await client.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
                await create();
            }

            return null;
        }
        catch (RequestFailedException e) when (AzureAnswers.MeansTaken(e))
        {
            return e;
        }
        catch (Exception e) when (AzureAnswers.IsRefusal(e, cancellationToken))
        {
            throw Refused(path, e);
        }
    }

    /// <summary>Runs a write that has no condition to fail.</summary>
    /// <exception cref="ImageStoreException">The service refused.</exception>
    public async Task WriteAsync(string path, Func<Task> write, CancellationToken cancellationToken)
    {
        if (await CreateAsync(path, write, cancellationToken) is { } refusal) throw Refused(path, refusal);
    }

    /// <summary>Runs a read.</summary>
    /// <returns>Null when the blob or the container isn't there.</returns>
    /// <exception cref="ImageStoreException">Anything else that the service answers; that doesn't mean that nothing is there.</exception>
    public async Task<T?> ReadAsync<T>(string path, Func<Task<T>> read, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await read();
        }
        catch (RequestFailedException e) when (AzureAnswers.IsMissing(e))
        {
            return null;
        }
        catch (Exception e) when (AzureAnswers.IsRefusal(e, cancellationToken))
        {
            throw Refused(path, e);
        }
    }

    /// <summary>Reads what a blob carries, or null when it isn't there.</summary>
    public Task<BlobProperties?> DescribeAsync(string path, CancellationToken cancellationToken) =>
        ReadAsync(path, async () => (await Blob(path).GetPropertiesAsync(cancellationToken: cancellationToken)).Value, cancellationToken);

    /// <summary>The exception for an answer that isn't expected, naming the blob.</summary>
    public ImageStoreException Refused(string path, Exception e) => AzureAnswers.Refused($"{Location}/{path}", e);
}
