using System.Buffers;
using System.Buffers.Text;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Images;
using Darkroom.Jobs.Manifests.Reading;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Sources;

namespace Darkroom.Jobs.Manifests.Planning;

/// <summary>Makes references of what rows name: URLs, data URLs, uploaded files and local paths. Reasons never repeat a URL: it may hold a secret.</summary>
internal sealed class ImageSources(string? baseFolder)
{
    /// <summary>The longest <c>image_url</c> in characters (docs/endpoint.md, Requests).</summary>
    public const int MaxUrlLength = 20_971_520;

    private const string AcceptedFromAfar = "an http or https URL, an az:// address, a data: URL or {\"file_id\": …} is taken";
    private const string SeveralInOne = "has several addresses in one; in a CSV they go into the column images, separated by |, in JSON into the array images";
    private const string Accepted = "an image is an http or https URL, an az:// address, a data: URL, a local path, or {\"file_id\": …}";

    private static readonly SearchValues<char> HostCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.");

    private static readonly SearchValues<char> Separators = SearchValues.Create(",;| \t\r\n");

    private readonly LocalImages _local = new();

    /// <summary>Makes a reference, or gives the reason why it can't.</summary>
    public ImageReference? Resolve(SourceText source, out string? reason)
    {
        var value = source.Value;
        if (IsSeveral(value) && !(baseFolder is not null && File.Exists(Path.Combine(baseFolder, value))))
        {
            reason = SeveralInOne;
            return null;
        }

        if (source.Form == SourceForm.FileId)
        {
            reason = value.Length is 0 or > 200 || HasBlankOrControl(value) ? "is no file's id: 1 to 200 characters without spaces" : null;
            return reason is null ? ImageReference.File(value) : null;
        }

        if (value.StartsWith("data:", StringComparison.OrdinalIgnoreCase)) reason = DataUrlFault(value);
        else if (SourceAddress.IsBlob(value)) reason = SourceAddress.BlobFaultOf(value);
        else if (SchemeOf(value) is { } scheme) reason = UrlFault(value, scheme);
        else if (source.Form == SourceForm.Url) reason = "image_url must be an http or https URL, an az:// address or a data: URL; give a local path as a plain string";
        else return ResolveLocal(value, out reason);
        return reason is null ? ImageReference.Url(value) : null;
    }

    /// <summary>The size of an image that was just resolved, or null: only files on this machine tell theirs.</summary>
    public ImageSize? SizeOf(ImageReference image) => image.Kind == ImageReferenceKind.LocalPath ? _local.HeaderOf(image.Value) is { } header ? new ImageSize(header.Width, header.Height) : null : null;

    /// <summary>
    /// What is wrong with a mask for its image, in a sentence without its subject, when the sizes of both can be seen from here: they must be the same
    /// (docs/endpoint.md, Requests). Null when nothing is, or one of them is elsewhere.
    /// </summary>
    public string? MaskFault(ImageReference image, ImageReference mask)
    {
        if (HeaderOf(mask) is not { } of || HeaderOf(image) is not { } first || (of.Width, of.Height) == (first.Width, first.Height)) return null;
        var fault = $"has {of.Width}x{of.Height} pixels, and the first image {first.Width}x{first.Height}; they must be the same";
        if ((of.Width, of.Height) != (first.Height, first.Width)) return fault;
        // Viewers and editors turn the picture as its EXIF data say; the service goes by the pixels as they are stored.
        var turned = first.Orientation >= 5 ? $"the image's EXIF orientation ({first.Orientation})"
            : of.Orientation >= 5 ? $"the mask's EXIF orientation ({of.Orientation})"
            : null;
        return turned is null
            ? $"{fault}: one of them is turned by 90°"
            : $"{fault}: {turned} has viewers turn it by 90°, and its pixels are stored unturned. Save it with the rotation applied (such as \"magick IN -auto-orient OUT\"), then both fit";
    }

    private ImageHeader? HeaderOf(ImageReference image) => image.Kind switch
    {
        ImageReferenceKind.LocalPath => _local.HeaderOf(image.Value),
        ImageReferenceKind.Url when image.Value.StartsWith("data:", StringComparison.OrdinalIgnoreCase) => HeaderOfDataUrl(image.Value),
        _ => null,
    };

    private static ImageHeader? HeaderOfDataUrl(string url) => ImageHeader.Read(StartOfDataUrl(url, ImageHeader.EnoughBytes));

    private static ReadOnlySpan<byte> StartOfDataUrl(string url, int most)
    {
        var text = url.AsSpan(url.IndexOf(',', StringComparison.Ordinal) + 1);
        // Whole groups of four, so that what is cut off leaves base64.
        text = text[..Math.Min(text.Length, most / 3 * 4)];
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64Chars(text, bytes, out var length) ? bytes.AsSpan(0, length) : [];
    }

    // Two addresses with a separator other than | between them. A comma may stand in an address, so the next one has to be recognised; of local paths, all have to look like images.
    private static bool IsSeveral(string value)
    {
        var isData = value.StartsWith("data:", StringComparison.OrdinalIgnoreCase);
        var rest = value.AsSpan(isData ? value.IndexOf(',', StringComparison.Ordinal) + 1 : 0);
        int at;
        while ((at = rest.IndexOfAny(Separators)) >= 0)
        {
            rest = rest[(at + 1)..];
            if (StartsAsAddress(rest.TrimStart(" \t\r\n,;|"))) return true;
        }

        if (isData || value.Length > 4096 || SchemeOf(value) is not null) return false;
        var parts = value.Split([',', ';', '|', '\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.Length > 1 && parts.All(LooksLikeASource);
    }

    private static bool StartsAsAddress(ReadOnlySpan<char> text)
    {
        foreach (var start in (ReadOnlySpan<string>)["http://", "https://", "az://", "s3://", "gs://", "data:image/", "file_id:"])
            if (text.StartsWith(start, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static bool LooksLikeASource(string text)
    {
        if (text.StartsWith("file-", StringComparison.Ordinal)) return true;
        foreach (var ending in (ReadOnlySpan<string>)[".png", ".jpg", ".jpeg", ".webp", ".heic", ".gif", ".avif", ".tif", ".tiff", ".bmp"])
            if (text.Length > ending.Length && text.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static string? SchemeOf(string value)
    {
        var end = value.IndexOf("://", StringComparison.Ordinal);
        if (end <= 0 || !char.IsAsciiLetter(value[0])) return null;
        for (var i = 1; i < end; i++)
            if (!char.IsAsciiLetterOrDigit(value[i]) && value[i] is not ('+' or '-' or '.')) return null;
        return value[..end];
    }

    private static string? UrlFault(string url, string scheme)
    {
        if (!scheme.Equals("https", StringComparison.OrdinalIgnoreCase) && !scheme.Equals("http", StringComparison.OrdinalIgnoreCase))
            return $"can't be fetched from {(scheme.Length <= 20 ? scheme : "this scheme")}://; {Accepted}";
        if (url.Length > MaxUrlLength) return $"is longer than {MaxUrlLength:N0} characters";
        if (HasBlankOrControl(url)) return "is a URL with spaces or control characters; write them percent-encoded";
        var authority = url.AsSpan(scheme.Length + 3);
        var end = authority.IndexOfAny('/', '?', '#');
        if (end >= 0) authority = authority[..end];
        if (authority.Contains('@')) return "is a URL with a user name or password in it; those would be sent on and stored: use a signed URL or a local path";
        if (IsPlainHost(authority)) return null;
        return Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Host.Length > 0 ? null : "is not a valid URL";
    }

    // Nearly every URL names its host so, and then a full parse, a third of a row's cost, can't find anything more.
    private static bool IsPlainHost(ReadOnlySpan<char> authority) =>
        authority.Length is > 0 and <= 253 && char.IsAsciiLetter(authority[0]) && char.IsAsciiLetterOrDigit(authority[^1])
        && !authority.ContainsAnyExcept(HostCharacters) && authority.IndexOf("..") < 0;

    private static string? DataUrlFault(string url)
    {
        if (url.Length > MaxUrlLength) return $"is a data: URL of {url.Length:N0} characters; at most {MaxUrlLength:N0} are taken: give a URL or a local path";
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        var type = comma < 0 ? "" : url[5..comma];
        if (!type.Equals("image/png;base64", StringComparison.OrdinalIgnoreCase)
            && !type.Equals("image/jpeg;base64", StringComparison.OrdinalIgnoreCase)
            && !type.Equals("image/webp;base64", StringComparison.OrdinalIgnoreCase))
            return "must begin with data:image/png;base64, or the same with jpeg or webp";
        var data = url.AsSpan(comma + 1);
        if (data.Length == 0 || HasBlankOrControl(data) || !Base64.IsValid(data)) return "is a data: URL whose base64 is empty or broken";
        // What isn't recognised is the service's to judge.
        var kind = FileKind.Of(StartOfDataUrl(url, FileKind.EnoughBytes));
        return kind.IsInputImage || kind.Id is "unknown" or "zeros" ? null : $"is a data: URL whose content {kind.NotInputImage}";
    }

    private ImageReference? ResolveLocal(string path, out string? reason)
    {
        if (string.IsNullOrWhiteSpace(path)) reason = $"is empty; {Accepted}";
        else if (path.Length > 4096 || path.AsSpan().ContainsAnyInRange('\0', '\u001F')) reason = $"is no image's name; {Accepted}";
        else if (baseFolder is null) reason = $"is a local path, and this manifest didn't come from this machine's files; {AcceptedFromAfar}";
        else
        {
            var absolute = Path.GetFullPath(path, baseFolder);
            reason = _local.FaultOf(absolute);
            return reason is null ? ImageReference.Local(absolute) : null;
        }

        return null;
    }

    private static bool HasBlankOrControl(ReadOnlySpan<char> text) => text.ContainsAnyInRange('\0', ' ') || text.Contains('\u007F');
}
