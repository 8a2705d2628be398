namespace Darkroom.Jobs.Outputs;

/// <summary>One output in the store.</summary>
/// <param name="Index">0-based place among the outputs of its item.</param>
/// <param name="Path">Relative to the store's root, with forward slashes.</param>
/// <param name="Bytes">Length in bytes.</param>
/// <param name="Sha256">Lower-case hex of the bytes' SHA-256.</param>
/// <param name="Format">One of <see cref="Images.ImageFormats.Known"/> as its own bytes say, or <c>unknown</c>.</param>
/// <param name="Width">Pixels, or null when the header doesn't tell.</param>
/// <param name="Height">Pixels, or null when the header doesn't tell.</param>
public sealed record StoredImage(int Index, string Path, long Bytes, string Sha256, string Format, int? Width, int? Height);
