using Darkroom.Jobs.Outputs;
using Darkroom.Jobs.Scratch;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// Keeps the images of an event whose kind is told only after them: a preview must not reach the store, and an image is too large for memory.
/// Temporary files that vanish on closing, and with the process.
/// </summary>
internal sealed class ImageSpool : IAsyncDisposable
{
    private readonly List<FileStream> _files = [];

    /// <summary>Whether one of the images was not base64.</summary>
    public bool HasBroken { get; set; }

    /// <summary>How many images it holds.</summary>
    public int Count => _files.Count;

    /// <summary>Begins an image.</summary>
    /// <exception cref="ImageStoreException">The temporary folder takes no file.</exception>
    public void Begin()
    {
        try
        {
            _files.Add(ScratchFile.Create());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(e);
        }
    }

    /// <summary>Appends to the image begun last.</summary>
    /// <exception cref="ImageStoreException">The temporary folder is full or gone.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _files[^1].WriteAsync(bytes, cancellationToken);
        }
        catch (IOException e)
        {
            throw Refused(e);
        }
    }

    /// <summary>Writes all images to their final place.</summary>
    public async ValueTask CopyToAsync(OutputWriter output, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        foreach (var file in _files)
        {
            file.Position = 0;
            int read;
            while ((read = await file.ReadAsync(buffer, cancellationToken)) > 0) await output.WriteAsync(buffer[..read], cancellationToken);
            await output.EndAsync(cancellationToken);
        }
    }

    /// <summary>Writes all images to the places of partial ones.</summary>
    public async ValueTask CopyPartialsAsync(OutputWriter output, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        foreach (var file in _files)
        {
            file.Position = 0;
            if (file.Length > 0) await output.WritePartialAsync(file, buffer, cancellationToken);
        }
    }

    /// <summary>Drops all images.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var file in _files) await file.DisposeAsync();
        _files.Clear();
        HasBroken = false;
    }

    private static ImageStoreException Refused(Exception cause) => new($"The temporary folder takes no image: {cause.Message}", cause);
}
