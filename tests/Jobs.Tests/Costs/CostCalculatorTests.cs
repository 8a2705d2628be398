using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Models;

namespace Darkroom.Jobs.Tests.Costs;

public sealed class CostCalculatorTests
{
    private static readonly TokenPrices GptImage2 = new(5, 8, null, 30);

    [Fact]
    public void Price_FixtureOfARealCall_IsExact()
    {
        var tokens = UsageParser.Parse(UsageParserTests.Fixture).Tokens;
        CostCalculator.Price(tokens, GptImage2).ShouldBe(0.007988m);
        Money.Format(CostCalculator.Price(tokens, GptImage2)).ShouldBe("0.007988");
    }

    [Fact]
    public void Price_EveryKind_HasItsOwnPrice() =>
        CostCalculator.Price(new TokenUsage(1_000_000, 2_000_000, 3_000_000, 4_000_000), new TokenPrices(1, 10, 100, 1000)).ShouldBe(1 + 20 + 300 + 4000);

    [Fact]
    public void Price_TextOutputWithoutAPrice_CostsAsImageOutput() => CostCalculator.Price(new TokenUsage(0, 0, 1_000_000, 0), GptImage2).ShouldBe(30);

    [Fact]
    public void Price_SmallestPriceOfOneToken_HasTenDecimals() =>
        CostCalculator.Price(new TokenUsage(1, 0, 0, 0), new TokenPrices(0.0001m, 0, null, 0)).ShouldBe(0.0000000001m);

    [Fact]
    public void Price_GreatestCountsAtGreatestPrices_IsExactAndFitsTheLedger()
    {
        const long most = UsageParser.MaxTokens;
        var cost = CostCalculator.Price(new TokenUsage(most, most, most, most), new TokenPrices(999_999.9999m, 999_999.9999m, 999_999.9999m, 999_999.9999m));
        cost.ShouldBe(3_999_999_999.6m);
        cost.ShouldBeLessThan(10_000_000_000m);
    }

    [Fact]
    public void Price_AnyTokensAtFourDecimals_IsWhatWholeNumbersGive()
    {
        var random = new Random(7);
        for (var round = 0; round < 10_000; round++)
        {
            // In units of 10^-10 USD everything is a whole number, so Int128 tells the truth.
            long[] counts = [random.NextInt64(UsageParser.MaxTokens), random.NextInt64(1_000_000), random.NextInt64(1_000_000), random.NextInt64(1_000_000)];
            long[] prices = [random.NextInt64(1_000_000), random.NextInt64(1_000_000), random.NextInt64(1_000_000), random.NextInt64(1_000_000)];
            var units = Int128.Zero;
            for (var kind = 0; kind < 4; kind++) units += (Int128)counts[kind] * prices[kind];
            var cost = CostCalculator.Price(
                new TokenUsage(counts[0], counts[1], counts[2], counts[3]),
                new TokenPrices(prices[0] / 10_000m, prices[1] / 10_000m, prices[2] / 10_000m, prices[3] / 10_000m));
            ((Int128)(cost * 10_000_000_000m)).ShouldBe(units);
            decimal.Round(cost, 10).ShouldBe(cost);
        }
    }

    [Theory]
    [InlineData(1, "256x256", "0.016")]
    [InlineData(3, "512x512", "0.054")]
    [InlineData(10, null, "0.2")]
    [InlineData(0, "256x256", "0")]
    public void PriceImages_DallE2_IsImagesTimesPrice(int images, string? size, string usd) =>
        CostCalculator.PriceImages(images, size, null, ModelBook.BuiltIn.Find("dall-e-2").Prices[0]).ShouldBe(decimal.Parse(usd));

    [Theory]
    [InlineData("a", "hd", "0.2")]
    [InlineData("a", "standard", "0.1")]
    [InlineData("a", null, "0.1")]
    [InlineData("b", null, "0.4")]
    [InlineData("b", "low", "0.3")]
    [InlineData("c", "low", "0.4")]
    public void PriceImages_ByQuality_TakesTheMatchOrTheDearest(string size, string? quality, string usd)
    {
        var prices = new PriceEntry(default, null, null, [new("a", null, 0.1m), new("a", "hd", 0.2m), new("b", "low", 0.3m), new("b", "high", 0.4m)]);
        CostCalculator.PriceImages(1, size, quality, prices).ShouldBe(decimal.Parse(usd));
    }

    [Fact]
    public void PriceImages_ModelPricedByToken_IsNull() => CostCalculator.PriceImages(1, "1024x1024", null, ModelBook.BuiltIn.Find("gpt-image-2").Prices[0]).ShouldBeNull();
}
