namespace Darkroom.Jobs.Outputs;

/// <summary>A stored image by its place.</summary>
/// <param name="Path">Relative to the store's root.</param>
/// <param name="Bytes">Its length.</param>
public readonly record struct StoredPath(string Path, long Bytes);
