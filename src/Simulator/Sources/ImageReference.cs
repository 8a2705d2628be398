namespace Darkroom.Simulator.Sources;

/// <summary>An input image as a request names it: exactly one of the three.</summary>
/// <param name="Url">An http(s) or data URL.</param>
/// <param name="FileId">An uploaded file.</param>
/// <param name="Content">The bytes themselves, from a multipart form.</param>
/// <param name="Param">Where it stood in the request, for errors: <c>images[0].image_url</c>.</param>
internal sealed record ImageReference(string? Url, string? FileId, byte[]? Content, string Param);

/// <summary>Reads <c>data:image/…;base64,…</c>.</summary>
internal static class DataUrl
{
    /// <summary>The longest that is taken, in characters (<c>maxLength</c> of image_url).</summary>
    public const int MaxLength = 20_971_520;

    private const string Marker = ";base64,";

    /// <summary>Whether a URL is one at all.</summary>
    public static bool Is(string url) => url.StartsWith("data:", StringComparison.OrdinalIgnoreCase);

    /// <summary>The bytes, or null when it is not base64 of an image type.</summary>
    public static byte[]? Decode(string url)
    {
        var at = url.IndexOf(Marker, StringComparison.OrdinalIgnoreCase);
        if (at < 0 || !url.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var text = url.AsSpan(at + Marker.Length);
        var bytes = new byte[(text.Length + 3) / 4 * 3];
        return Convert.TryFromBase64Chars(text, bytes, out var length) && length > 0 ? bytes[..length] : null;
    }
}
