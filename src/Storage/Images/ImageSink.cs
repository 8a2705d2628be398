using Darkroom.Jobs.Outputs;

namespace Darkroom.Storage.Images;

/// <summary>What sinks share: which images were opened, that a commit has all of them, and that it is done once.</summary>
internal abstract class ImageSink<TStream>(AttemptPlace place, bool keepPartials) : IOutputSink
    where TStream : ImageStream
{
    private readonly List<TStream> _images = [];
    private readonly List<TStream> _partials = [];
    private IReadOnlyList<StoredImage>? _committed;

    public bool KeepsPartials => keepPartials;

    public ValueTask<Stream> OpenAsync(int index, CancellationToken cancellationToken)
    {
        RequireTurn(cancellationToken);
        if (index != _images.Count) throw new InvalidOperationException($"Image {index} was opened after {_images.Count}: images are opened one after another.");
        var image = Create(index, format => ImagePaths.Require(In(format).PathOf(index)));
        _images.Add(image);
        return ValueTask.FromResult<Stream>(image);
    }

    public ValueTask<Stream> OpenPartialAsync(int index, int number, CancellationToken cancellationToken)
    {
        if (!keepPartials) throw new NotSupportedException("This store keeps no partial images.");
        RequireTurn(cancellationToken);
        var image = Create(index, format => ImagePaths.Require(In(format).PartialPathOf(index, number)));
        _partials.Add(image);
        return ValueTask.FromResult<Stream>(image);
    }

    public async Task<IReadOnlyList<StoredImage>> CommitAsync(OutputMetadata metadata, CancellationToken cancellationToken)
    {
        if (_committed is not null) return _committed;
        if (_images.Count == 0 || metadata.Images != _images.Count)
            throw new InvalidOperationException($"The metadata speaks of {metadata.Images} images, {_images.Count} were written.");
        if (_partials.Count > 0) await StorePartialsAsync(metadata, _partials, cancellationToken);
        return _committed = await StoreAsync(metadata, _images, cancellationToken);
    }

    public async Task<IReadOnlyList<string>> SetAsideAsync(CancellationToken cancellationToken)
    {
        var kept = new List<string>(_images.Count);
        for (var index = 0; index < _images.Count; index++)
        {
            var path = ImagePaths.Require(place.AsidePathOf(index));
            await SetAsideAsync(_images[index], path, cancellationToken);
            kept.Add(path);
        }

        return kept;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var image in _images.Concat(_partials)) image.Release();
        return ValueTask.CompletedTask;
    }

    /// <summary>The exception for a place that belongs to someone else.</summary>
    protected static ImageStoreException Taken(string path, long? owner) =>
        new($"{path} is taken: it belongs to {(owner is null ? "no attempt that the store knows of" : $"attempt {owner}")}.") { IsFinal = true };

    /// <summary>Makes the stream that takes an image.</summary>
    /// <exception cref="ImageStoreException">The store refused.</exception>
    protected abstract TStream Create(int index, Func<string?, string> pathOf);

    /// <summary>Makes what was written visible at a path that is no image's.</summary>
    protected abstract Task SetAsideAsync(TStream image, string path, CancellationToken cancellationToken);

    /// <summary>Makes the partial images visible. What is there already is an earlier try's of this attempt, and stays.</summary>
    protected abstract Task StorePartialsAsync(OutputMetadata metadata, IReadOnlyList<TStream> partials, CancellationToken cancellationToken);

    /// <summary>Makes the images visible, last to first.</summary>
    protected abstract Task<IReadOnlyList<StoredImage>> StoreAsync(OutputMetadata metadata, IReadOnlyList<TStream> images, CancellationToken cancellationToken);

    private AttemptPlace In(string? format) => format is null ? place : place with { Format = format };

    private void RequireTurn(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_committed is not null) throw new InvalidOperationException("The images are committed already.");
        if (_images is [.., { IsClosed: false }]) throw new InvalidOperationException($"Image {_images.Count - 1} is still open.");
        if (_partials is [.., { IsClosed: false }]) throw new InvalidOperationException("A partial image is still open.");
    }
}
