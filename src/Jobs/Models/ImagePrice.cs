namespace Darkroom.Jobs.Models;

/// <summary>The price of one image of a model that tells no usage (dall-e-2).</summary>
/// <param name="Size">The value of <c>size</c>.</param>
/// <param name="Quality">The value of <c>quality</c>, or null when the price is the same for all.</param>
/// <param name="Usd">USD an image, exact, at most 10 decimals.</param>
public sealed record ImagePrice(string Size, string? Quality, decimal Usd);
