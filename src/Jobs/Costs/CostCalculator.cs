using Darkroom.Jobs.Models;

namespace Darkroom.Jobs.Costs;

/// <summary>
/// Turns tokens into money, exactly. A price has at most 4 decimals and is for 1,000,000 tokens, so a cost has at most
/// 4 + 6 = 10: what the ledger's numeric(20,10) holds, and far less than a decimal's 28. Nothing is ever rounded.
/// </summary>
public static class CostCalculator
{
    private const decimal PerToken = 0.000001m;

    /// <summary>The cost of tokens, USD.</summary>
    public static decimal Price(TokenUsage tokens, TokenPrices prices) =>
        ((tokens.InputText * prices.InputText)
            + (tokens.InputImage * prices.InputImage)
            + (tokens.OutputText * (prices.OutputText ?? prices.OutputImage))
            + (tokens.OutputImage * prices.OutputImage)) * PerToken;

    /// <summary>The cost of images of a model that is priced per image, USD; null when the entry is priced by token.</summary>
    /// <param name="images">How many images came.</param>
    /// <param name="size">The <c>size</c> that was asked for, or null.</param>
    /// <param name="quality">The <c>quality</c> that was asked for, or null.</param>
    /// <param name="prices">The prices of the day.</param>
    public static decimal? PriceImages(int images, string? size, string? quality, PriceEntry prices) => prices.ImagePriceOf(size, quality) * images;
}
