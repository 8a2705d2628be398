using Darkroom.Jobs.Outputs;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// Writes final images to the sink, one after another; an image without a byte is none. What the sink throws becomes an
/// <see cref="ImageStoreException"/>, so that a full disk is never taken for a broken connection.
/// </summary>
internal sealed class OutputWriter(IOutputSink sink) : IAsyncDisposable
{
    private Stream? _stream;
    private (int Image, int Count) _partials;

    /// <summary>Images that are whole in the sink.</summary>
    public int Images { get; private set; }

    /// <summary>Whether an image is begun and not ended.</summary>
    public bool IsOpen => _stream is not null;

    /// <summary>Whether partial images are wanted.</summary>
    public bool KeepsPartials => sink.KeepsPartials;

    /// <summary>Stores a partial image of the final image that comes next. How several images share a stream isn't known, so the order tells.</summary>
    public async ValueTask WritePartialAsync(Stream image, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_partials.Image != Images) _partials = (Images, 0);
        // More than anybody asks for (images-edits-contract.md, partial_images: at most 3) is a server's mistake, and no reason to fill a disk.
        if (_partials.Count >= AnswerParser.MaxImages) return;
        try
        {
            await using var stream = await sink.OpenPartialAsync(Images, _partials.Count, cancellationToken);
            _partials.Count++;
            int read;
            while ((read = await image.ReadAsync(buffer, cancellationToken)) > 0) await stream.WriteAsync(buffer[..read], cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
        catch (Exception e) when (IsStoreFailure(e, cancellationToken))
        {
            throw Refused(e);
        }
    }

    /// <summary>Appends to the image that is open, and opens one when none is.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.IsEmpty) return;
        try
        {
            _stream ??= await sink.OpenAsync(Images, cancellationToken);
            await _stream.WriteAsync(bytes, cancellationToken);
        }
        catch (Exception e) when (IsStoreFailure(e, cancellationToken))
        {
            throw Refused(e);
        }
    }

    /// <summary>Ends the image that is open.</summary>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (_stream is null) return;
        try
        {
            await _stream.FlushAsync(cancellationToken);
        }
        catch (Exception e) when (IsStoreFailure(e, cancellationToken))
        {
            throw Refused(e);
        }

        await CloseAsync();
        Images++;
    }

    /// <summary>Closes an image that broke off. It stays in the sink, which is then not committed.</summary>
    public ValueTask DisposeAsync() => _stream is null ? ValueTask.CompletedTask : CloseAsync();

    private async ValueTask CloseAsync()
    {
        var stream = _stream!;
        _stream = null;
        try
        {
            await stream.DisposeAsync();
        }
        catch (Exception e) when (IsStoreFailure(e, CancellationToken.None))
        {
            throw Refused(e);
        }
    }

    private static bool IsStoreFailure(Exception exception, CancellationToken cancellationToken) =>
        exception is not ImageStoreException && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested);

    private static ImageStoreException Refused(Exception cause) => new($"An image could not be written to the store: {cause.Message}", cause);
}
