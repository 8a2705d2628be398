namespace Darkroom.Simulator.Imaging;

/// <summary>A format that answers come in, by its API name.</summary>
internal enum PictureFormat
{
    /// <summary><c>png</c></summary>
    Png,

    /// <summary><c>jpeg</c></summary>
    Jpeg,

    /// <summary><c>webp</c></summary>
    Webp,
}
