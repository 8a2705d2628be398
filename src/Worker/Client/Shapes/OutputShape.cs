namespace Darkroom.Worker.Client.Shapes;

/// <summary>An image in the store.</summary>
/// <param name="Path">Relative to the root of the store.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Lower-case hex.</param>
/// <param name="Format">png, jpeg, webp or unknown.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
public sealed record OutputShape(
    string Path,
    long Bytes,
    string Sha256,
    string Format,
    int? Width,
    int? Height);
