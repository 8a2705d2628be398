using Darkroom.Jobs.Outputs;

namespace Darkroom.Jobs.Browsing;

/// <summary>An image of an item that another one took the place of, since somebody wanted it made again. It is in the store until its batch is purged.</summary>
/// <param name="Image">The image; its index is that among the images of its attempt.</param>
/// <param name="Attempt">The attempt that made it, 1-based.</param>
/// <param name="ReplacedAt">When it was asked for again.</param>
public sealed record FormerImage(StoredImage Image, int Attempt, DateTimeOffset ReplacedAt);
