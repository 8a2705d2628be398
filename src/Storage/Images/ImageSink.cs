using Darkroom.Jobs.Outputs;

namespace Darkroom.Storage.Images;

/// <summary>What sinks share: which images were opened, that a commit has all of them, and that it is done once.</summary>
internal abstract class ImageSink<TStream>(AttemptPlace place) : IOutputSink
    where TStream : ImageStream
{
    private readonly List<TStream> _images = [];
    private IReadOnlyList<StoredImage>? _committed;

    public ValueTask<Stream> OpenAsync(int index, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_committed is not null) throw new InvalidOperationException("The images are committed already.");
        if (index != _images.Count) throw new InvalidOperationException($"Image {index} was opened after {_images.Count}: images are opened one after another.");
        if (_images is [.., { IsClosed: false }]) throw new InvalidOperationException($"Image {index - 1} is still open.");
        var image = Create(index, ImagePaths.Require(place.PathOf(index)));
        _images.Add(image);
        return ValueTask.FromResult<Stream>(image);
    }

    public async Task<IReadOnlyList<StoredImage>> CommitAsync(OutputMetadata metadata, CancellationToken cancellationToken)
    {
        if (_committed is not null) return _committed;
        if (_images.Count == 0 || metadata.Images != _images.Count)
            throw new InvalidOperationException($"The metadata speaks of {metadata.Images} images, {_images.Count} were written.");
        return _committed = await StoreAsync(metadata, _images, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        foreach (var image in _images) image.Release();
        return ValueTask.CompletedTask;
    }

    /// <summary>The exception for a place that belongs to someone else.</summary>
    protected static ImageStoreException Taken(string path, long? owner) =>
        new($"{path} is taken: it belongs to {(owner is null ? "no attempt that the store knows of" : $"attempt {owner}")}.");

    /// <summary>Makes the stream that takes an image.</summary>
    /// <exception cref="ImageStoreException">The store refused.</exception>
    protected abstract TStream Create(int index, string path);

    /// <summary>Makes the images visible, last to first.</summary>
    protected abstract Task<IReadOnlyList<StoredImage>> StoreAsync(OutputMetadata metadata, IReadOnlyList<TStream> images, CancellationToken cancellationToken);
}
