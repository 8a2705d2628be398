namespace Darkroom.Jobs.Outputs;

/// <summary>A file in the store.</summary>
/// <param name="Path">Relative to the store's root, with forward slashes.</param>
/// <param name="Bytes">Its length.</param>
public sealed record StoredFile(string Path, long Bytes);
