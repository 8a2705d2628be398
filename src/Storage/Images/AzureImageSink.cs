using Azure;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Storage.Images;

/// <summary>Creates an attempt's blobs one after another, the last image first: whoever creates that has the place.</summary>
internal sealed class AzureImageSink(AzureContainer container, AttemptPlace place, bool keepPartials) : ImageSink<AzureImageStream>(place, keepPartials)
{
    protected override AzureImageStream Create(int index, Func<string?, string> pathOf) => new(container, index, pathOf);

    protected override Task SetAsideAsync(AzureImageStream image, string path, CancellationToken cancellationToken) => image.SetAsideAsync(path, cancellationToken);

    protected override async Task StorePartialsAsync(OutputMetadata metadata, IReadOnlyList<AzureImageStream> partials, CancellationToken cancellationToken)
    {
        foreach (var partial in partials)
            if (await partial.PublishAsync(metadata, cancellationToken) is { } refusal) await ReplayAsync(partial.ImagePath, metadata.AttemptId, refusal, cancellationToken);
    }

    protected override async Task<IReadOnlyList<StoredImage>> StoreAsync(
        OutputMetadata metadata, IReadOnlyList<AzureImageStream> images, CancellationToken cancellationToken)
    {
        var stored = new StoredImage[images.Count];
        for (var index = images.Count - 1; index >= 0; index--)
        {
            var refusal = await images[index].PublishAsync(metadata, cancellationToken);
            stored[index] = refusal is null
                ? images[index].Describe()
                : await ReplayAsync(images[index].ImagePath, metadata.AttemptId, refusal, cancellationToken);
        }

        return stored;
    }

    // An earlier try of this attempt may have got as far as this, even one whose answer was lost on its way and that the SDK repeated.
    private async Task<StoredImage> ReplayAsync(string path, long attemptId, RequestFailedException refusal, CancellationToken cancellationToken)
    {
        var there = await container.DescribeAsync(path, cancellationToken) ?? throw container.Refused(path, refusal);
        var owner = AzureMetadata.AttemptOf(there.Metadata);
        return owner == attemptId && AzureMetadata.ReadImage(there.Metadata, path, there.ContentLength) is { } image ? image : throw Taken(path, owner);
    }
}
