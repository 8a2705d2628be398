using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Models;

namespace Darkroom.Jobs.Tests.Costs;

public sealed class LedgerPricingTests
{
    private static readonly DateOnly Today = new(2026, 11, 22);
    private static readonly LedgerPricing Pricing = new(ModelBook.BuiltIn);

    [Theory]
    [InlineData("gpt-image-2", false, "0.007988")]
    [InlineData("gpt-image-2-2026-04-21", false, "0.007988")]
    [InlineData("gpt-image-2", true, "0.003994")]
    [InlineData("gpt-image-2.6-flare", false, "0.007988")]
    [InlineData("gpt-image-2.6-flare", true, null)]
    [InlineData("gpt-image-99", false, null)]
    public void Price_Fixture_GoesByModelAndBatch(string model, bool batch, string? usd) =>
        Pricing.Price(model, Today, batch, UsageParserTests.Fixture, 1, EditOptions.None)
            .ShouldBe(new PricedUsage(new TokenUsage(12, 256, 0, 196), usd is null ? null : decimal.Parse(usd), ModelBook.BuiltIn.Version, Complete: true));

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("oops")]
    public void Price_NoReadableUsage_HasNoCostRatherThanNone(string? usage) =>
        Pricing.Price("gpt-image-2", Today, batch: false, usage, 1, EditOptions.None).ShouldBe(new PricedUsage(default, null, ModelBook.BuiltIn.Version, Complete: false));

    [Fact]
    public void Price_UsageInPart_IsPricedAtItsDearest()
    {
        var priced = Pricing.Price("gpt-image-2", Today, batch: false, """{"input_tokens":268,"output_tokens":196}""", 1, EditOptions.None);
        priced.CostUsd.ShouldBe(0.008024m);
        priced.Complete.ShouldBeFalse();
    }

    [Fact]
    public void Price_UsageOfZero_CostsNothing() =>
        Pricing.Price("gpt-image-2", Today, batch: false, """{"input_tokens":0,"input_tokens_details":{"text_tokens":0,"image_tokens":0},"output_tokens":0}""", 1, EditOptions.None).CostUsd.ShouldBe(0m);

    [Fact]
    public void Price_PerImage_GoesByImagesThatCame() =>
        Pricing.Price("dall-e-2", Today, batch: false, null, 3, EditOptions.Parse("""{"n":4,"size":"256x256"}""")).ShouldBe(new PricedUsage(default, 0.048m, ModelBook.BuiltIn.Version, Complete: true));

    [Fact]
    public void Price_CorrectedBook_PricesTheSameUsageAnew()
    {
        var book = ModelBook.BuiltIn.With("""{"models":[{"name":"gpt-image-2","prices":[{"effective_from":"2026-04-21","per_million":{"input_text":"5","input_image":"8","output_image":"33"}}]}]}""", "mine.json");
        var again = new LedgerPricing(book).Price("gpt-image-2", Today, batch: false, UsageParserTests.Fixture, 1, EditOptions.None);
        again.CostUsd.ShouldBe(0.008576m);
        again.PriceBookVersion.ShouldBe(book.Version);
        again.PriceBookVersion.ShouldNotBe(Pricing.Version);
    }

    [Fact]
    public void Price_Estimate_GivesExpectedAndWorst()
    {
        var estimate = new TokenEstimate(new TokenUsage(12, 256, 0, 196), new TokenUsage(24, 512, 0, 392), Known: true, []);
        Pricing.Price("gpt-image-2", Today, batch: false, estimate, EditOptions.None).ShouldBe(new CostEstimate(0.007988m, 0.015976m));
        Pricing.Price("gpt-image-2", Today, batch: true, estimate, EditOptions.None).ShouldBe(new CostEstimate(0.003994m, 0.007988m));
        Pricing.Price("gpt-image-99", Today, batch: false, estimate, EditOptions.None).ShouldBe(new CostEstimate(null, null));
        Pricing.Price("dall-e-2", Today, batch: false, estimate, EditOptions.Parse("""{"n":4,"size":"512x512"}""")).ShouldBe(new CostEstimate(0.072m, 0.072m));
    }
}
