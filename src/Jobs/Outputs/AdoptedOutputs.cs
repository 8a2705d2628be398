namespace Darkroom.Jobs.Outputs;

/// <summary>Outputs found in the store that the database didn't know of.</summary>
/// <param name="Images">All images of the attempt.</param>
/// <param name="Metadata">What they carry.</param>
public sealed record AdoptedOutputs(IReadOnlyList<StoredImage> Images, OutputMetadata Metadata);
