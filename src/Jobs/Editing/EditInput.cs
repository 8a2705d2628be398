namespace Darkroom.Jobs.Editing;

/// <summary>The pictures that an edit starts from.</summary>
/// <param name="Images">1 to 16 images, in order (docs/endpoint.md, Requests).</param>
/// <param name="Mask">Where to edit the first image, or null for all of it.</param>
public sealed record EditInput(IReadOnlyList<ImageReference> Images, ImageReference? Mask);
