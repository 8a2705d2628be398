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
internal sealed class AzureImageStream(AzureContainer container, int index, string path) : ImageStream(index, path, BlockBytes)
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
    public async Task<RequestFailedException?> PublishAsync(OutputMetadata metadata, CancellationToken cancellationToken)
    {
        var image = Describe();
        var headers = container.HeadersOf(ImageHeader.MediaTypeOf(image.Format));
        var values = AzureMetadata.Of(metadata, image);
        var blob = container.Blob(ImagePath);
        if (_blocks.Count == 0)
        {
            var options = new BlobUploadOptions { HttpHeaders = headers, Metadata = values, Conditions = OnlyIfNew, AccessTier = container.Tier };
            return await container.CreateAsync(ImagePath, () => blob.UploadAsync(Content(Tail), options, cancellationToken), cancellationToken);
        }

        var blocks = Tail.IsEmpty ? _blocks : [.. _blocks, await StageAsync(_blocks.Count, Tail, cancellationToken)];
        var list = new CommitBlockListOptions { HttpHeaders = headers, Metadata = values, Conditions = OnlyIfNew, AccessTier = container.Tier };
        return await container.CreateAsync(ImagePath, () => blob.CommitBlockListAsync(blocks, list, cancellationToken), cancellationToken);
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
