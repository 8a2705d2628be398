namespace Darkroom.Jobs.Editing;

/// <summary>How an input image is named.</summary>
public enum ImageReferenceKind
{
    /// <summary><c>image_url</c>: an http(s) URL, or a data URL.</summary>
    Url,

    /// <summary><c>file_id</c>: an uploaded file.</summary>
    FileId,

    /// <summary>A file on this machine, read when the call is made and sent as a data URL.</summary>
    LocalPath,
}
