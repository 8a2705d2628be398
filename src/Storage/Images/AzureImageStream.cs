using System.Runtime.InteropServices;
using Azure;
using Azure.Storage.Blobs.Models;
using Darkroom.Jobs.Images;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Storage.Images;

/// <summary>
/// One image on its way into a blob: full blocks are staged while the answer still arrives, and stay invisible until their list is committed. An
/// image of less than a block goes up in one call at the commit. Staged blocks that are never committed are dropped by the service after a week.
/// </summary>
internal sealed class AzureImageStream(AzureContainer container, int index, Func<string?, string> pathOf) : ImageStream(index, pathOf, BlockBytes)
{
    /// <summary>Bytes of a block. 50,000 blocks make a blob at most; no image comes near.</summary>
    public const int BlockBytes = 4 * 1024 * 1024;

    private static readonly BlobRequestConditions OnlyIfNew = new() { IfNoneMatch = ETag.All };
    // Ids of blocks are of one length in a blob, and must not meet those of another attempt that stages for the same place.
    private readonly Guid _writer = Guid.NewGuid();
    private readonly List<string> _blocks = [];

    /// <summary>Makes the image visible, unless something is there already.</summary>
    /// <returns>Null when it is visible, else the answer that says that the place is taken.</returns>
    /// <exception cref="ImageStoreException">The service refused.</exception>
    public Task<RequestFailedException?> PublishAsync(OutputMetadata metadata, CancellationToken cancellationToken)
    {
        var image = Describe();
        return CreateAsync(image.Path, container.HeadersOf(ImageFormats.MediaTypeOf(image.Format)), AzureMetadata.Of(metadata, image), cancellationToken);
    }

    /// <summary>Makes what was written visible at a path that is no image's. What is there already is an earlier try's.</summary>
    /// <exception cref="ImageStoreException">The service refused.</exception>
    public async Task SetAsideAsync(string path, CancellationToken cancellationToken)
    {
        var headers = container.HeadersOf("application/octet-stream");
        var staged = Describe().Path;
        if (_blocks.Count == 0)
        {
            await CreateAsync(path, headers, null, cancellationToken);
            return;
        }

        // Blocks belong to the name that they were staged for, so they are committed there, without the metadata that recovery looks for, and moved.
        if (await CreateAsync(staged, headers, null, cancellationToken) is { } refusal) throw container.Refused(staged, refusal);
        var found = await container.ReadAsync(staged, async () => (await container.Blob(staged).DownloadStreamingAsync(cancellationToken: cancellationToken)).Value, cancellationToken);
        if (found is null) return;
        await using (var content = found.Content)
        {
            await container.CreateAsync(
                path, () => container.Blob(path).UploadAsync(content, new BlobUploadOptions { HttpHeaders = headers, Conditions = OnlyIfNew }, cancellationToken), cancellationToken);
        }

        await container.WriteAsync(staged, () => container.Blob(staged).DeleteIfExistsAsync(cancellationToken: cancellationToken), cancellationToken);
    }

    private async Task<RequestFailedException?> CreateAsync(string path, BlobHttpHeaders headers, Dictionary<string, string>? values, CancellationToken cancellationToken)
    {
        var blob = container.Blob(path);
        if (_blocks.Count == 0)
        {
            var options = new BlobUploadOptions { HttpHeaders = headers, Metadata = values, Conditions = OnlyIfNew, AccessTier = container.Tier };
            return await container.CreateAsync(path, () => blob.UploadAsync(Content(Tail), options, cancellationToken), cancellationToken);
        }

        var blocks = Tail.IsEmpty ? _blocks : [.. _blocks, await StageAsync(_blocks.Count, Tail, cancellationToken)];
        var list = new CommitBlockListOptions { HttpHeaders = headers, Metadata = values, Conditions = OnlyIfNew, AccessTier = container.Tier };
        return await container.CreateAsync(path, () => blob.CommitBlockListAsync(blocks, list, cancellationToken), cancellationToken);
    }

    protected override async ValueTask WriteBlockAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken) =>
        _blocks.Add(await StageAsync(_blocks.Count, block, cancellationToken));

    private async Task<string> StageAsync(int number, ReadOnlyMemory<byte> block, CancellationToken cancellationToken)
    {
        Span<byte> id = stackalloc byte[20];
        _writer.TryWriteBytes(id);
        MemoryMarshal.Write(id[16..], number);
        var name = Convert.ToBase64String(id);
        await container.WriteAsync(ImagePath, () => container.Blob(ImagePath).StageBlockAsync(name, Content(block), cancellationToken: cancellationToken), cancellationToken);
        return name;
    }

    private static MemoryStream Content(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var array) && array.Array is { } buffer
            ? new MemoryStream(buffer, array.Offset, array.Count, writable: false)
            : new MemoryStream(bytes.ToArray(), writable: false);
}
