using Darkroom.Simulator.Imaging;

namespace Darkroom.Simulator.Sources;

/// <summary>An input image that could be had.</summary>
/// <param name="Name">What the account calls it: the URL, <c>file:ID</c>, or for inline bytes <c>sha256:HEX</c>.</param>
/// <param name="Info">What its header says; null for a picture that stands for a host that is never contacted.</param>
/// <param name="Bytes">The file's size, or null as above.</param>
/// <param name="Pixels">The picture itself, made when asked for.</param>
internal sealed record SourcePicture(string Name, ImageInfo? Info, int? Bytes, Lazy<Raster> Pixels)
{
    /// <summary>Pixels a row; 1024 when unknown.</summary>
    public int Width => Info?.Width ?? 1024;

    /// <summary>Rows; 1024 when unknown.</summary>
    public int Height => Info?.Height ?? 1024;
}
