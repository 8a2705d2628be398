namespace Darkroom.Jobs.Editing;

/// <summary>One input image or mask, as the manifest names it.</summary>
/// <param name="Kind">How it is named.</param>
/// <param name="Value">The URL, the data URL, the file's id, or the absolute local path.</param>
public sealed record ImageReference(ImageReferenceKind Kind, string Value)
{
    /// <summary>An image by http(s) URL or data URL.</summary>
    public static ImageReference Url(string url) => new(ImageReferenceKind.Url, url);

    /// <summary>An image by the id of an uploaded file.</summary>
    public static ImageReference File(string fileId) => new(ImageReferenceKind.FileId, fileId);

    /// <summary>An image on this machine, by absolute path; sent inline.</summary>
    public static ImageReference Local(string absolutePath) => new(ImageReferenceKind.LocalPath, absolutePath);
}
