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
    /// <summary>The longest <c>image_url</c> in characters (images-edits-facts.md, request rules).</summary>
    public const int MaxUrlLength = 20_971_520;

    private const string AcceptedFromAfar = "an http or https URL, an az:// address, a data: URL or {\"file_id\": …} is taken";
    private const string Accepted = "an image is an http or https URL, an az:// address, a data: URL, a local path, or {\"file_id\": …}";

    private static readonly SearchValues<char> HostCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.");

    private readonly LocalImages _local = new();

    /// <summary>Makes a reference, or gives the reason why it can't.</summary>
    public ImageReference? Resolve(SourceText source, out string? reason)
    {
        var value = source.Value;
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
    /// (images-edits-facts.md, request rules). Null when nothing is, or one of them is elsewhere.
    /// </summary>
    public string? MaskFault(ImageReference image, ImageReference mask) =>
        HeaderOf(mask) is { } of && HeaderOf(image) is { } first && (of.Width, of.Height) != (first.Width, first.Height)
            ? $"has {of.Width}x{of.Height} pixels, and the first image {first.Width}x{first.Height}; they must be the same"
            : null;

    private ImageHeader? HeaderOf(ImageReference image) => image.Kind switch
    {
        ImageReferenceKind.LocalPath => _local.HeaderOf(image.Value),
        ImageReferenceKind.Url when image.Value.StartsWith("data:", StringComparison.OrdinalIgnoreCase) => HeaderOfDataUrl(image.Value),
        _ => null,
    };

    private static ImageHeader? HeaderOfDataUrl(string url)
    {
        var text = url.AsSpan(url.IndexOf(',', StringComparison.Ordinal) + 1);
        // Whole groups of four, so that what is cut off leaves base64.
        text = text[..Math.Min(text.Length, ImageHeader.EnoughBytes / 3 * 4)];
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64Chars(text, bytes, out var length) ? ImageHeader.Read(bytes.AsSpan(0, length)) : null;
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
        return data.Length > 0 && !HasBlankOrControl(data) && Base64.IsValid(data) ? null : "is a data: URL whose base64 is empty or broken";
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
