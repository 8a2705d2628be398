namespace Darkroom.Worker.Thumbnails;

/// <summary>A small picture.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="MediaType">Its type.</param>
internal sealed record Thumbnail(byte[] Bytes, string MediaType);
