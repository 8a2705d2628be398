namespace Darkroom.Jobs.Manifests;

/// <summary>What is likely not meant in a manifest, and keeps nothing from being imported.</summary>
/// <param name="Field">The column or field it is about.</param>
/// <param name="Reason">One sentence.</param>
/// <param name="Rows">How many rows it holds for.</param>
/// <param name="FirstLine">1-based line of the first of them.</param>
public sealed record ManifestNote(string Field, string Reason, long Rows, int FirstLine);
