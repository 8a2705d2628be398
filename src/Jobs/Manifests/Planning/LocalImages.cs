using Darkroom.Jobs.Images;

namespace Darkroom.Jobs.Manifests.Planning;

/// <summary>Looks at local sources before anything is imported, once a path: a mask or a reference image may stand in every row.</summary>
internal sealed class LocalImages
{
    /// <summary>Input files must be under 50 MB (docs/endpoint.md, Requests).</summary>
    public const long MaxBytes = 50_000_000;

    private const int MostRemembered = 10_000;

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
            var buffer = new byte[ImageHeader.EnoughBytes];
            var search = new ImageHeaderSearch();
            int length;
            do
            {
                file.Position = search.At;
                length = file.ReadAtLeast(buffer.AsSpan(0, search.Wanted), search.Wanted, throwOnEndOfStream: false);
            }
            while (!search.Look(buffer.AsSpan(0, length)));
            if (search.Header is { } header) return (header, null);
            file.Position = 0;
            return (null, FileKind.Of(buffer.AsSpan(0, file.ReadAtLeast(buffer.AsSpan(0, FileKind.EnoughBytes), FileKind.EnoughBytes, throwOnEndOfStream: false))).NotInputImage);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return (null, $"can't be read: {e.Message}");
        }
    }
}
