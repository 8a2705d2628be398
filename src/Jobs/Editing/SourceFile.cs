using System.Buffers;
using System.Buffers.Text;
using Darkroom.Jobs.Images;
using Microsoft.Win32.SafeHandles;

namespace Darkroom.Jobs.Editing;

/// <summary>
/// An image in a file, held open from the moment its length is taken until it is sent: as the base64 of a data URL, or raw. Its type is read off its
/// own header, never off its name.
/// </summary>
internal sealed class SourceFile : BodyInsert
{
    /// <summary>Most characters of a data URL (docs/endpoint.md, Requests).</summary>
    public const int MaxDataUrl = 20_971_520;

    /// <summary>An input file must be smaller, in bytes (docs/endpoint.md, Requests).</summary>
    public const long MaxBytes = 50_000_000;

    // A multiple of three, so that only the last piece has padding.
    private const int Piece = 96 * 1024;

    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private readonly long _bytes;
    private readonly bool _raw;

    private SourceFile(SafeFileHandle handle, string path, long bytes, string mediaType, bool raw)
    {
        _handle = handle;
        _path = path;
        _bytes = bytes;
        _raw = raw;
        MediaType = mediaType;
    }

    /// <summary>The MIME type that the file's header tells.</summary>
    public string MediaType { get; }

    /// <summary>What stands before the base64: <c>data:image/png;base64,</c>.</summary>
    public string DataUrlHead => HeadOf(MediaType);

    /// <inheritdoc/>
    public override long Length => _raw ? _bytes : Encoded(_bytes);

    /// <summary>Opens a file to be sent as a data URL, and makes sure that it can be.</summary>
    /// <returns>The file, or the error of class <c>source</c>.</returns>
    public static Task<(SourceFile? File, ServiceError? Error)> OpenAsync(string path, CancellationToken cancellationToken) =>
        OpenAsync(path, raw: false, cancellationToken);

    /// <summary>Opens a file to be sent as it is, and makes sure that it can be.</summary>
    /// <returns>The file, or the error of class <c>source</c>.</returns>
    public static Task<(SourceFile? File, ServiceError? Error)> OpenRawAsync(string path, CancellationToken cancellationToken) =>
        OpenAsync(path, raw: true, cancellationToken);

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
                if (_raw)
                {
                    await stream.WriteAsync(raw.AsMemory(0, wanted), cancellationToken);
                }
                else
                {
                    Base64.EncodeToUtf8(raw.AsSpan(0, wanted), text, out _, out var written);
                    await stream.WriteAsync(text.AsMemory(0, written), cancellationToken);
                }

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

    /// <summary>The characters of a data URL of so many bytes.</summary>
    public static long DataUrlLength(string mediaType, long bytes) => HeadOf(mediaType).Length + Encoded(bytes);

    private static async Task<(SourceFile? File, ServiceError? Error)> OpenAsync(string path, bool raw, CancellationToken cancellationToken)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.Asynchronous);
            var result = await CheckAsync(handle, path, raw, cancellationToken);
            if (result.File is not null) handle = null;
            return result;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return (null, Unreadable(path, e));
        }
        finally
        {
            handle?.Dispose();
        }
    }

    private static async Task<(SourceFile? File, ServiceError? Error)> CheckAsync(SafeFileHandle handle, string name, bool raw, CancellationToken cancellationToken)
    {
        var bytes = RandomAccess.GetLength(handle);
        if (await HeaderOfAsync(handle, bytes, cancellationToken) is not { } header)
            return (null, Refused("source_not_image", $"'{name}' {(await KindOfAsync(handle, cancellationToken)).NotInputImage}."));
        if (raw && bytes >= MaxBytes) return (null, Refused("source_too_large", $"'{name}' has {bytes} bytes; it must have fewer than {MaxBytes}."));
        var length = DataUrlLength(header.MediaType, bytes);
        if (!raw && length > MaxDataUrl)
            return (null, Refused("source_too_large", $"'{name}' has {length} characters as a data URL; at most {MaxDataUrl} can be sent."));
        return (new SourceFile(handle, name, bytes, header.MediaType, raw), null);
    }

    private static bool IsUnreadable(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    private static ServiceError Unreadable(string name, Exception e) => Refused("source_unreadable", $"'{name}' can't be read: {e.Message}");

    private static long Encoded(long bytes) => (bytes + 2) / 3 * 4;

    private static string HeadOf(string mediaType) => $"data:{mediaType};base64,";

    /// <summary>What a file's first bytes say of it, or null when it is no image that can be sent.</summary>
    internal static async Task<ImageHeader?> HeaderOfAsync(SafeFileHandle handle, long bytes, CancellationToken cancellationToken)
    {
        var search = new ImageHeaderSearch();
        var buffer = new byte[(int)Math.Min(search.Wanted, bytes)];
        int filled;
        do
        {
            filled = search.At >= bytes ? 0 : await FillAsync(handle, buffer.AsMemory(0, Math.Min(buffer.Length, search.Wanted)), search.At, cancellationToken);
        }
        while (!search.Look(buffer.AsSpan(0, filled)));
        return search.Header;
    }

    /// <summary>What a file is by its first bytes.</summary>
    internal static async Task<FileKind> KindOfAsync(SafeFileHandle handle, CancellationToken cancellationToken)
    {
        var head = new byte[FileKind.EnoughBytes];
        return FileKind.Of(head.AsSpan(0, await FillAsync(handle, head, 0, cancellationToken)));
    }

    private static async Task<int> FillAsync(SafeFileHandle handle, Memory<byte> buffer, long at, CancellationToken cancellationToken)
    {
        var filled = 0;
        int read;
        while (filled < buffer.Length && (read = await RandomAccess.ReadAsync(handle, buffer[filled..], at + filled, cancellationToken)) > 0) filled += read;
        return filled;
    }

    private async Task<int> FillAsync(Memory<byte> buffer, long at, CancellationToken cancellationToken)
    {
        try
        {
            return await FillAsync(_handle, buffer, at, cancellationToken);
        }
        catch (IOException e)
        {
            throw new SourceReadException($"'{_path}' can't be read any more: {e.Message}", e);
        }
    }
}
