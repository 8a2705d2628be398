using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Storage.Images;

/// <summary>
/// The files of an <see cref="AzureImageStore"/>. Links are signed with the account's key, or with a user delegation key where the store is entered by an identity; a store
/// that is entered with a shared access signature can sign nothing.
/// </summary>
/// <param name="client">The container.</param>
/// <param name="options">Whether the container may be made.</param>
/// <param name="time">The clock.</param>
public sealed class AzureOutputFiles(BlobContainerClient client, AzureStorageOptions options, TimeProvider time) : IOutputFiles
{
    /// <summary>The longest that a link signed by an identity is good for; the service's rule for user delegation keys.</summary>
    public static readonly TimeSpan MostByIdentity = TimeSpan.FromDays(7);

    private const int BlockBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(15);
    private readonly AzureContainer _container = new(client, options);

    /// <inheritdoc/>
    /// <remarks>The content is written a second time when the container had to be made first.</remarks>
    public Task WriteAsync(string path, string mediaType, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        ImagePaths.Require(path);
        return _container.WriteAsync(path, () => UploadAsync(path, mediaType, write, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredFile> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var blobs = client.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken).GetAsyncEnumerator(cancellationToken);
        // Nothing more is no answer of the service's, and neither is a container that isn't there.
        while (await _container.ReadAsync<BlobItem[]>(prefix, async () => await blobs.MoveNextAsync() ? [blobs.Current] : [], cancellationToken) is [var blob])
            yield return new StoredFile(blob.Name, blob.Properties.ContentLength ?? 0);
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string path, CancellationToken cancellationToken) =>
        await _container.ReadAsync(
            ImagePaths.Require(path), async () => await _container.Blob(path).DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellationToken), cancellationToken) is not null;

    /// <inheritdoc/>
    public async Task<IOutputLinks> OpenLinksAsync(TimeSpan lifetime, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime, TimeSpan.Zero);
        var now = time.GetUtcNow();
        if (client.CanGenerateSasUri) return new AzureLinks(client, now + lifetime, key: null);
        if (!string.IsNullOrEmpty(options.ContainerUri) || !string.IsNullOrEmpty(options.SasToken) || !string.IsNullOrEmpty(options.SasTokenFile) || IsSigned(options.ConnectionString))
            throw new ImageStoreException("The store is entered with a shared access signature, which can't sign links; that takes the account's key (Storage:Azure:ConnectionString) or an identity (Storage:Azure:AccountUri).");
        if (lifetime > MostByIdentity) throw new ImageStoreException($"Links that an identity signs are good for at most {MostByIdentity.TotalDays} days.");
        try
        {
            var key = await client.GetParentBlobServiceClient().GetUserDelegationKeyAsync(now - Skew, now + lifetime, cancellationToken);
            return new AzureLinks(client, now + lifetime, key.Value);
        }
        catch (Exception e) when (AzureAnswers.IsRefusal(e, cancellationToken))
        {
            throw AzureAnswers.Refused("signing links (the identity needs the right to generate a user delegation key)", e);
        }
    }

    private static bool IsSigned(string? connectionString) => connectionString?.Contains("SharedAccessSignature=", StringComparison.OrdinalIgnoreCase) == true;

    private async Task UploadAsync(string path, string mediaType, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: BlockBytes, resumeWriterThreshold: BlockBytes / 2, useSynchronizationContext: false));
        using var uploading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var writing = FillAsync(pipe.Writer, write, uploading.Token);
        try
        {
            // Blocks are committed when the content has ended, and not at all when it breaks off.
            var upload = new BlobUploadOptions
            {
                HttpHeaders = new BlobHttpHeaders { ContentType = mediaType, CacheControl = "no-cache" },
                TransferOptions = new StorageTransferOptions { InitialTransferSize = BlockBytes, MaximumTransferSize = BlockBytes, MaximumConcurrency = 1 },
            };
            await client.GetBlobClient(path).UploadAsync(pipe.Reader.AsStream(), upload, cancellationToken);
        }
        catch
        {
            await uploading.CancelAsync();
            await pipe.Reader.CompleteAsync();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // What broke the content off is what the caller wants to hear; the upload's failure followed from it.
            if (writing.IsFaulted) await writing;
            throw;
        }

        await writing;
    }

    private static async Task FillAsync(PipeWriter writer, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        // On the pool, so that a writer that doesn't wait can't fill the pipe before anyone reads.
        await Task.Yield();
        try
        {
            await write(writer.AsStream(leaveOpen: true), cancellationToken);
        }
        catch (Exception e)
        {
            await writer.CompleteAsync(e);
            throw;
        }

        await writer.CompleteAsync();
    }
}
