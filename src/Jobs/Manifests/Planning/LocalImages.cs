using Darkroom.Jobs.Images;

namespace Darkroom.Jobs.Manifests.Planning;

/// <summary>Looks at local sources before anything is imported, once a path: a mask or a reference image may stand in every row.</summary>
internal sealed class LocalImages
{
    /// <summary>Input files must be under 50 MB (images-edits-facts.md, request rules).</summary>
    public const long MaxBytes = 50_000_000;

    private const int MostRemembered = 10_000;

    // A JPEG's size may stand behind previews and profiles; this is enough for any that cameras and editors write.
    private const int EnoughOfAnyJpeg = 2 * 1024 * 1024;

    private readonly Dictionary<string, (ImageHeader? Header, string? Fault)> _known = new(StringComparer.Ordinal);

    /// <summary>What is wrong with a file, in a sentence without its subject, or null.</summary>
    public string? FaultOf(string absolutePath) => Seen(absolutePath).Fault;

    /// <summary>What a file's header tells, or null when the file has a fault.</summary>
    public ImageHeader? HeaderOf(string absolutePath) => Seen(absolutePath).Header;

    private (ImageHeader? Header, string? Fault) Seen(string absolutePath)
    {
        if (_known.TryGetValue(absolutePath, out var seen)) return seen;
        if (_known.Count >= MostRemembered) _known.Clear();
        return _known[absolutePath] = Look(absolutePath);
    }

    private static (ImageHeader? Header, string? Fault) Look(string path)
    {
        try
        {
            if (Directory.Exists(path)) return (null, "is a folder, not an image");
            if (!File.Exists(path)) return (null, $"is not there: {path} (a local path is read relative to the manifest; a URL begins with https://)");
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            if (file.Length >= MaxBytes) return (null, $"is {file.Length:N0} bytes; an image must be under 50 MB");
            var head = new byte[ImageHeader.EnoughBytes];
            var length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            var header = ImageHeader.Read(head.AsSpan(0, length))
                ?? (length == head.Length && head[0] == 0xFF && head[1] == 0xD8 ? LateJpegHeader(file, head) : null);
            return (header, header is null ? "is not a PNG, JPEG or WebP image" : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return (null, $"can't be read: {e.Message}");
        }
    }

    private static ImageHeader? LateJpegHeader(FileStream file, byte[] head)
    {
        var more = new byte[EnoughOfAnyJpeg];
        head.CopyTo(more, 0);
        var length = head.Length + file.ReadAtLeast(more.AsSpan(head.Length), more.Length - head.Length, throwOnEndOfStream: false);
        return ImageHeader.Read(more.AsSpan(0, length));
    }
}
