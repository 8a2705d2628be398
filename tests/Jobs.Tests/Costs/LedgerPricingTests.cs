using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Models;

namespace Darkroom.Jobs.Tests.Costs;

public sealed class LedgerPricingTests
{
    private static readonly DateOnly Today = new(2026, 11, 22);
    private static readonly TokenUsage Expected = new(10, 20, 0, 40);
    private static readonly LedgerPricing Pricing = new(ModelBook.BuiltIn);

    [Theory]
    [InlineData("gpt-image-2", false, "0.007988")]
    [InlineData("gpt-image-2-2026-04-21", false, "0.007988")]
    [InlineData("gpt-image-2", true, "0.003994")]
    [InlineData("gpt-image-2.6-flare", false, "0.007988")]
    [InlineData("gpt-image-2.6-flare", true, null)]
    [InlineData("gpt-image-99", false, null)]
    public void Price_Fixture_GoesByModelAndBatch(string model, bool batch, string? usd) =>
        Pricing.Price(model, Today, batch, UsageParserTests.Fixture, 1, EditOptions.None, Expected)
            .ShouldBe(new PricedUsage("reported", new TokenUsage(12, 256, 0, 196), usd is null ? null : decimal.Parse(usd)));

    [Theory]
    [InlineData(null, 10, 20, 40)]
    [InlineData("{}", 10, 20, 40)]
    [InlineData("oops", 10, 20, 40)]
    [InlineData("""{"image_count":1}""", 10, 20, 40)]
    [InlineData("""{"input_tokens":0,"input_tokens_details":{"text_tokens":0,"image_tokens":0},"output_tokens":0}""", 10, 20, 40)]
    [InlineData("""{"prompt_tokens":268,"prompt_tokens_details":{"text_tokens":12,"image_tokens":256},"completion_tokens":0}""", 12, 256, 40)]
    [InlineData("""{"output_tokens":196}""", 10, 20, 196)]
    public void Price_UsageNotUsable_IsEstimatedWhereItSaysNothing(string? usage, long text, long image, long output)
    {
        var tokens = new TokenUsage(text, image, 0, output);
        Pricing.Price("gpt-image-2", Today, batch: false, usage, 1, EditOptions.None, Expected)
            .ShouldBe(new PricedUsage("estimated", tokens, CostCalculator.Price(tokens, ModelBook.BuiltIn.PriceOn("gpt-image-2", Today, batch: false)!)));
        Pricing.Price("gpt-image-2", Today, batch: false, usage, 1, EditOptions.None, expected: null).CostUsd.ShouldBeNull("nothing said isn't nothing used");
        var unknown = Pricing.Price("gpt-image-99", Today, batch: false, usage, 1, EditOptions.None, Expected);
        (unknown.Kind, unknown.CostUsd).ShouldBe(("unreported", null));
    }

    [Fact]
    public void Price_UsageInPart_IsPricedAtItsDearest() =>
        Pricing.Price("gpt-image-2", Today, batch: false, """{"input_tokens":268,"output_tokens":196}""", 1, EditOptions.None, Expected)
            .ShouldBe(new PricedUsage("reported", new TokenUsage(0, 268, 0, 196), 0.008024m));

    [Theory]
    [InlineData(null, "unreported")]
    [InlineData("{}", "unreported")]
    [InlineData("""{"image_count":3}""", "unreported")]
    [InlineData("""{"input_tokens":268,"output_tokens":196}""", "reported")]
    public void Price_PerImage_GoesByImagesThatCameAndIsNoEstimate(string? usage, string kind)
    {
        var priced = Pricing.Price("dall-e-2", Today, batch: false, usage, 3, EditOptions.Parse("""{"n":4,"size":"256x256"}"""), Expected);
        (priced.Kind, priced.CostUsd).ShouldBe((kind, 0.048m));
    }

    [Fact]
    public void Price_CorrectedBook_PricesTheSameUsageAnew()
    {
        var book = ModelBook.BuiltIn.With("""{"models":[{"name":"gpt-image-2","prices":[{"effective_from":"2026-04-21","per_million":{"input_text":"5","input_image":"8","output_image":"33"}}]}]}""", "mine.json");
        var again = new LedgerPricing(book).Price("gpt-image-2", Today, batch: false, UsageParserTests.Fixture, 1, EditOptions.None, Expected);
        again.CostUsd.ShouldBe(0.008576m);
        new LedgerPricing(book).Version.ShouldNotBe(Pricing.Version);
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
