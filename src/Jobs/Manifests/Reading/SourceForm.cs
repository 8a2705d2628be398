namespace Darkroom.Jobs.Manifests.Reading;

/// <summary>How a row wrote a source.</summary>
internal enum SourceForm
{
    /// <summary>A string: URL, data URL or local path.</summary>
    Plain,

    /// <summary><c>{"image_url": …}</c>.</summary>
    Url,

    /// <summary><c>{"file_id": …}</c>, or in CSV an id.</summary>
    FileId,

    /// <summary>Something else, which has its fault already; keeps the others' places.</summary>
    Faulty,
}
