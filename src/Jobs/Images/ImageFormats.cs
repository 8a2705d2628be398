namespace Darkroom.Jobs.Images;

/// <summary>The formats that an answer's image may have, by the names that the API gives them.</summary>
public static class ImageFormats
{
    /// <summary>What is stored as an image. A server may answer another one than was asked for, and the image is paid for.</summary>
    public static IReadOnlyList<string> Known { get; } = ["png", "jpeg", "webp", "gif", "avif"];

    /// <summary>The ending of a file's name; <c>png</c> for what isn't known.</summary>
    public static string ExtensionOf(string format) => format switch
    {
        "jpeg" => "jpg",
        "webp" or "gif" or "avif" => format,
        _ => "png",
    };

    /// <summary>The MIME type.</summary>
    public static string MediaTypeOf(string format) => format switch
    {
        "png" or "jpeg" or "webp" or "gif" or "avif" => $"image/{format}",
        _ => "application/octet-stream",
    };
}
