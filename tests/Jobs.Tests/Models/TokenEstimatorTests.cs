using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Models;
using FsCheck;
using FsCheck.Fluent;

namespace Darkroom.Jobs.Tests.Models;

public sealed class TokenEstimatorTests
{
    private static readonly ModelBook Book = ModelBook.BuiltIn;
    private static readonly TokenEstimator Estimator = new(Book);
    private static readonly ImageSize?[] OneSquare = [new ImageSize(1024, 1024)];

    [Theory]
    [InlineData("""{"size":"1024x1024","quality":"low"}""", 272)]
    [InlineData("""{"size":"1024x1536","quality":"medium"}""", 1584)]
    [InlineData("""{"size":"1536x1024","quality":"high"}""", 6208)]
    [InlineData("""{"size":"1536x1024","quality":"high","n":3}""", 3 * 6208)]
    public void Estimate_EverythingInTheTables_IsExact(string options, long output)
    {
        var estimate = Estimate("gpt-image-1", options, 100, OneSquare);
        estimate.Known.ShouldBeTrue();
        estimate.Notes.ShouldBeEmpty();
        estimate.Expected.ShouldBe(new TokenUsage(25, 194, 0, output));
        estimate.Worst.ShouldBe(new TokenUsage(100, 194, 0, output));
    }

    [Fact]
    public void Estimate_NothingSet_ExpectsSquareHighAndFearsTheDearestCell()
    {
        var estimate = Estimate("gpt-image-1", "{}", 3, [null]);
        estimate.Known.ShouldBeTrue();
        estimate.Expected.ShouldBe(new TokenUsage(1, 194, 0, 4160));
        estimate.Worst.ShouldBe(new TokenUsage(3, 581, 0, 6240));
    }

    [Fact]
    public void Estimate_HighFidelity_AddsToEveryImage() =>
        Estimate("gpt-image-1", """{"input_fidelity":"high","size":"1024x1024","quality":"low"}""", 0, [new ImageSize(1024, 1024), new ImageSize(1536, 1024), null])
            .ShouldSatisfyAllConditions(
                e => e.Expected.InputImage.ShouldBe(4354 + 6563 + 4354),
                e => e.Worst.InputImage.ShouldBe(4354 + 6563 + 6821));

    [Fact]
    public void Estimate_Mask_CountsAtWorstAsOneMoreImage()
    {
        var estimate = Estimator.Estimate(Book.Find("gpt-image-1"), EditOptions.None, 0, OneSquare, hasMask: true);
        estimate.Expected.InputImage.ShouldBe(194);
        estimate.Worst.InputImage.ShouldBe(388);
    }

    [Fact]
    public void Estimate_PartialImages_AddAHundredEachWhenStreamed()
    {
        const string cell = "\"size\":\"1024x1024\",\"quality\":\"low\",\"n\":2";
        Estimate("gpt-image-1", $$"""{{{cell}},"stream":true,"partial_images":3}""", 0, OneSquare).ShouldSatisfyAllConditions(
            e => e.Expected.OutputImage.ShouldBe(544 + 300),
            e => e.Worst.OutputImage.ShouldBe(544 + 600));
        Estimate("gpt-image-1", $$"""{{{cell}},"partial_images":3}""", 0, OneSquare).Worst.OutputImage.ShouldBe(544);
    }

    [Fact]
    public void Estimate_ModelThatBillsText_AllowsForItAtWorst()
    {
        var estimate = Estimate("gpt-image-1.5", """{"n":2}""", 0, OneSquare);
        estimate.Expected.OutputText.ShouldBe(0);
        estimate.Worst.OutputText.ShouldBe(2000);
    }

    [Fact]
    public void Estimate_NoInputRule_TakesTheFamilysHighestAndSaysSo()
    {
        var estimate = Estimate("gpt-image-2", """{"size":"1024x1024","quality":"low"}""", 48, [null]);
        estimate.Known.ShouldBeFalse();
        estimate.Notes.ShouldBe(["gpt-image-2 publishes no rule for input image tokens: the highest known of alike models stands in."]);
        estimate.Expected.ShouldBe(new TokenUsage(12, 194, 0, 196));
        estimate.Worst.ShouldBe(new TokenUsage(48, 6821, 0, 196));
    }

    [Theory]
    [InlineData("gpt-image-2", """{"size":"1536x1024","quality":"high"}""", 5488, 5488)]
    [InlineData("gpt-image-2", """{"size":"1024x1536","quality":"high"}""", 7024, 7024)]
    [InlineData("gpt-image-2", """{"size":"1024x1024","quality":"medium"}""", 1584, 1584)]
    [InlineData("gpt-image-2", """{"size":"1024x1024"}""", 7024, 7024)]
    [InlineData("gpt-image-2.5-flare", """{"size":"1024x1024","quality":"low"}""", 408, 408)]
    [InlineData("gpt-image-2.5-flare", """{"size":"1024x1024","quality":"max"}""", 7024, 7024)]
    [InlineData("gpt-image-2.6-sunburst", "{}", 7024, 7024)]
    [InlineData("gpt-image-2.6-sunburst", """{"size":"3072x2048","quality":"high"}""", 28096, 28096)]
    [InlineData("gpt-image-99", """{"quality":"low"}""", 408, 408)]
    [InlineData("house-model", "{}", 7024, 7024)]
    public void Estimate_NoCell_TakesTheFamilysHighest(string model, string options, long expected, long worst)
    {
        var estimate = Estimate(model, options, 0, OneSquare);
        estimate.Known.ShouldBeFalse();
        estimate.Expected.OutputImage.ShouldBe(expected);
        estimate.Worst.OutputImage.ShouldBe(worst);
    }

    [Fact]
    public void Estimate_NoCell_SaysSo() =>
        Estimate("gpt-image-2.5-flare", """{"quality":"max"}""", 0, OneSquare).Notes.ShouldBe(
        [
            "gpt-image-2.5-flare publishes no rule for input image tokens: the highest known of alike models stands in.",
            "gpt-image-2.5-flare publishes no output tokens for size auto at quality max: the highest known of alike models stands in.",
        ]);

    [Fact]
    public void Estimate_ModelPricedPerImage_HasNoTokens() =>
        Estimate("dall-e-2", """{"n":4}""", 100, OneSquare).ShouldSatisfyAllConditions(e => e.Known.ShouldBeTrue(), e => e.Worst.ShouldBe(default));

    [Fact]
    public void Estimate_Anything_IsAtMostItsWorstInEveryKind()
    {
        var cases =
            from model in Gen.Elements<string>([.. Book.Models.Select(m => m.Name), "gpt-image-99", "house-model"])
            from quality in Gen.Elements("low", "medium", "high", "auto", "xhigh", "max")
            from size in Gen.Elements("auto", "1024x1024", "1024x1536", "1536x1024", "2048x2048", "3840x2160", "nonsense")
            from fidelity in Gen.Elements("low", "high")
            from n in Gen.Choose(1, 10)
            from partial in Gen.Choose(0, 3)
            from prompt in Gen.Choose(0, 32_000)
            from images in Gen.Choose(0, 5000).Select(e => e == 0 ? (ImageSize?)null : new ImageSize(e, 5001 - e)).ListOf()
            select (model, options: $$"""{"quality":"{{quality}}","size":"{{size}}","input_fidelity":"{{fidelity}}","n":{{n}},"stream":true,"partial_images":{{partial}}}""", prompt, images);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var estimate = Estimate(c.model, c.options, c.prompt, [.. c.images]);
            var (expected, worst) = (estimate.Expected, estimate.Worst);
            return expected.InputText <= worst.InputText && expected.InputImage <= worst.InputImage && expected.OutputText <= worst.OutputText && expected.OutputImage <= worst.OutputImage;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static TokenEstimate Estimate(string model, string options, int prompt, IReadOnlyList<ImageSize?> images) =>
        Estimator.Estimate(Book.Find(model), EditOptions.Parse(options), prompt, images);
}
