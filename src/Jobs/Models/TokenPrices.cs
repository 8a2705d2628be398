namespace Darkroom.Jobs.Models;

/// <summary>Prices by kind of token, USD per 1,000,000 tokens, exact, at most 4 decimals each.</summary>
/// <param name="InputText">Of the prompt.</param>
/// <param name="InputImage">Of the inputs.</param>
/// <param name="OutputText">
/// Of text in the answer, or null where none is published. Should such a model bill text all the same, it is priced as
/// output images, the dearest kind, so that a cost is never understated.
/// </param>
/// <param name="OutputImage">Of the images in the answer.</param>
public sealed record TokenPrices(decimal InputText, decimal InputImage, decimal? OutputText, decimal OutputImage);
