using Darkroom.Jobs.Images;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// Writes final images to the sink, one after another, and looks at each whether it is one; an image without a byte is none. What the sink throws becomes an
/// <see cref="ImageStoreException"/>, so that a full disk is never taken for a broken connection. From then on images are counted and dropped: the rest of the answer
/// is still worth reading, since it says what was paid for.
/// </summary>
internal sealed class OutputWriter(IOutputSink sink) : IAsyncDisposable
{
    private const int ShownCharacters = 200;

    private Stream? _stream;
    private bool _isDropping;
    private (int Image, int Count) _partials;
    private ImageSniffer _sniffer = new();

    /// <summary>Why the sink takes no more, or null. The images are lost then.</summary>
    public ImageStoreException? Failure { get; private set; }

    /// <summary>What the first image turned out to be that isn't an image, or breaks off; null when all are images. The bytes are in the sink.</summary>
    public ServiceError? Unreadable { get; private set; }

    /// <summary>Images that are whole: in the sink, unless there is a <see cref="Failure"/>.</summary>
    public int Images { get; private set; }

    /// <summary>Whether an image is begun and not ended.</summary>
    public bool IsOpen => _stream is not null || _isDropping;

    /// <summary>Whether partial images are wanted.</summary>
    public bool KeepsPartials => sink.KeepsPartials;

    /// <summary>Stores a partial image of the final image that comes next, if it is one. How several images share a stream isn't known, so the order tells.</summary>
    public async ValueTask WritePartialAsync(Stream image, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (Failure is not null) return;
        if (_partials.Image != Images) _partials = (Images, 0);
        // More than anybody asks for (docs/endpoint.md, Requests: partial_images is at most 3) is a server's mistake, and no reason to fill a disk.
        if (_partials.Count >= AnswerParser.MaxImages) return;
        if (!await IsImageAsync(image, buffer, cancellationToken)) return;
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
            await FailAsync(e);
        }
    }

    /// <summary>Appends to the image that is open, and opens one when none is.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.IsEmpty) return;
        _sniffer.Take(bytes.Span);
        if (Failure is null)
        {
            try
            {
                _stream ??= await sink.OpenAsync(Images, cancellationToken);
                await _stream.WriteAsync(bytes, cancellationToken);
                return;
            }
            catch (Exception e) when (IsStoreFailure(e, cancellationToken))
            {
                await FailAsync(e);
            }
        }

        _isDropping = true;
    }

    /// <summary>Ends the image that is open.</summary>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (!IsOpen) return;
        _isDropping = false;
        try
        {
            if (_stream is { } stream)
            {
                await stream.FlushAsync(cancellationToken);
                _stream = null;
                await stream.DisposeAsync();
            }
        }
        catch (Exception e) when (IsStoreFailure(e, cancellationToken))
        {
            await FailAsync(e);
        }

        Images++;
        Unreadable ??= FaultOf(_sniffer, Images);
        _sniffer = new ImageSniffer();
    }

    /// <summary>Closes an image that broke off. It stays in the sink, which is then not committed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stream is not { } stream) return;
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

    private async ValueTask FailAsync(Exception cause)
    {
        Failure = Refused(cause);
        if (_stream is not { } stream) return;
        _stream = null;
        try
        {
            await stream.DisposeAsync();
        }
        catch (Exception e) when (IsStoreFailure(e, CancellationToken.None))
        {
            // It says the same once more; the first cause is what is told.
        }
    }

    private static ServiceError? FaultOf(ImageSniffer image, int number)
    {
        if (image.IsWhole) return null;
        var begins = FileKind.IsText(image.Head) ? FileKind.TextOf(image.Head) : "";
        return new ServiceError(
            ErrorClasses.BadAnswer,
            image.Format is null ? "not_an_image" : "broken_image",
            $"Image {number} of the answer is {image.Description}, {image.Length} bytes."
                + (begins.Length == 0 ? "" : $" It begins: {begins[..Math.Min(begins.Length, ShownCharacters)]}"));
    }

    private static async ValueTask<bool> IsImageAsync(Stream image, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var sniffer = new ImageSniffer();
        int read;
        while ((read = await image.ReadAsync(buffer, cancellationToken)) > 0) sniffer.Take(buffer.Span[..read]);
        image.Position = 0;
        return sniffer.IsWhole;
    }

    private static bool IsStoreFailure(Exception exception, CancellationToken cancellationToken) =>
        !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested);

    private static ImageStoreException Refused(Exception cause) => cause as ImageStoreException ?? new($"An image could not be written to the store: {cause.Message}", cause);
}
