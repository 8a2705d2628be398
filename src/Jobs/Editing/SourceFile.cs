using System.Buffers;
using System.Buffers.Text;
using Darkroom.Jobs.Images;
using Microsoft.Win32.SafeHandles;

namespace Darkroom.Jobs.Editing;

/// <summary>A local image, held open from the moment its length is taken until it is sent, and sent as the base64 of a data URL.</summary>
internal sealed class SourceFile : BodyInsert
{
    /// <summary>Most characters of a data URL (images-edits-facts.md, Request rules).</summary>
    public const int MaxDataUrl = 20_971_520;

    // A multiple of three, so that only the last piece has padding.
    private const int Piece = 96 * 1024;

    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private readonly long _bytes;

    private SourceFile(SafeFileHandle handle, string path, long bytes, string mediaType)
    {
        _handle = handle;
        _path = path;
        _bytes = bytes;
        DataUrlHead = HeadOf(mediaType);
    }

    /// <summary>What stands before the base64: <c>data:image/png;base64,</c>.</summary>
    public string DataUrlHead { get; }

    /// <inheritdoc/>
    public override long Length => Encoded(_bytes);

    /// <summary>Opens a file and makes sure that it can be sent.</summary>
    /// <returns>The file, or the error of class <c>source</c>.</returns>
    public static async Task<(SourceFile? File, ServiceError? Error)> OpenAsync(string path, CancellationToken cancellationToken)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.Asynchronous);
            var bytes = RandomAccess.GetLength(handle);
            if (await HeaderOfAsync(handle, bytes, cancellationToken) is not { } header)
                return (null, Refused("source_not_image", $"'{path}' is no PNG, JPEG or WebP file."));
            var length = HeadOf(header.MediaType).Length + Encoded(bytes);
            if (length > MaxDataUrl)
                return (null, Refused("source_too_large", $"'{path}' has {length} characters as a data URL; at most {MaxDataUrl} can be sent."));
            var file = new SourceFile(handle, path, bytes, header.MediaType);
            handle = null;
            return (file, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return (null, Refused("source_unreadable", $"'{path}' can't be read: {e.Message}"));
        }
        finally
        {
            handle?.Dispose();
        }
    }

    /// <summary>An error of class <c>source</c>.</summary>
    public static ServiceError Refused(string code, string message) => new(ErrorClasses.Source, code, SecretScrubber.Scrub(message));

    /// <inheritdoc/>
    /// <exception cref="SourceReadException">The file became shorter, or unreadable.</exception>
    public override async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        var raw = ArrayPool<byte>.Shared.Rent(Piece);
        var text = ArrayPool<byte>.Shared.Rent(Base64.GetMaxEncodedToUtf8Length(Piece));
        try
        {
            for (long at = 0; at < _bytes;)
            {
                var wanted = (int)Math.Min(Piece, _bytes - at);
                if (await FillAsync(raw.AsMemory(0, wanted), at, cancellationToken) < wanted)
                    throw new SourceReadException($"'{_path}' became shorter while it was being sent.");
                Base64.EncodeToUtf8(raw.AsSpan(0, wanted), text, out _, out var written);
                await stream.WriteAsync(text.AsMemory(0, written), cancellationToken);
                at += wanted;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(raw);
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _handle.Dispose();
        base.Dispose();
    }

    private static long Encoded(long bytes) => (bytes + 2) / 3 * 4;

    private static string HeadOf(string mediaType) => $"data:{mediaType};base64,";

    private static async Task<ImageHeader?> HeaderOfAsync(SafeFileHandle handle, long bytes, CancellationToken cancellationToken)
    {
        // A JPEG can carry a large preview before its size; looked for further in only when the first bytes don't tell.
        foreach (var wanted in (int[])[ImageHeader.EnoughBytes, 4 * 1024 * 1024])
        {
            var head = new byte[(int)Math.Min(wanted, bytes)];
            var filled = 0;
            int read;
            while (filled < head.Length && (read = await RandomAccess.ReadAsync(handle, head.AsMemory(filled), filled, cancellationToken)) > 0) filled += read;
            if (ImageHeader.Read(head.AsSpan(0, filled)) is { } header) return header;
            if (bytes <= wanted || head is not [0xFF, 0xD8, ..]) return null;
        }

        return null;
    }

    private async Task<int> FillAsync(Memory<byte> buffer, long at, CancellationToken cancellationToken)
    {
        try
        {
            var filled = 0;
            int read;
            while (filled < buffer.Length && (read = await RandomAccess.ReadAsync(_handle, buffer[filled..], at + filled, cancellationToken)) > 0)
                filled += read;
            return filled;
        }
        catch (IOException e)
        {
            throw new SourceReadException($"'{_path}' can't be read any more: {e.Message}", e);
        }
    }
}
