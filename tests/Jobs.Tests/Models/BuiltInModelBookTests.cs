using Darkroom.Jobs.Models;

namespace Darkroom.Jobs.Tests.Models;

/// <summary>The built-in book against the published figures, literally.</summary>
public sealed class BuiltInModelBookTests
{
    private static readonly DateOnly Today = new(2026, 11, 22);
    private static readonly ModelBook Book = ModelBook.BuiltIn;

    public static TheoryData<string, string, string, string?, string> StandardPrices => new()
    {
        { "gpt-image-1", "5", "10", null, "40" },
        { "gpt-image-1-mini", "2", "2.5", null, "8" },
        { "gpt-image-1.5", "5", "8", "10", "32" },
        { "gpt-image-1.5-2025-12-16", "5", "8", "10", "32" },
        { "chatgpt-image-latest", "5", "8", "10", "32" },
        { "gpt-image-2", "5", "8", null, "30" },
        { "gpt-image-2-2026-04-21", "5", "8", null, "30" },
        { "gpt-image-2.5-flare", "5", "8", null, "30" },
        { "gpt-image-2.5-flare-2026-09-08", "5", "8", null, "30" },
        { "gpt-image-2.5-sunburst", "5", "8", null, "30" },
        { "gpt-image-2.5-sunburst-2026-09-08", "5", "8", null, "30" },
        { "gpt-image-2.6-flare", "5", "8", null, "30" },
        { "gpt-image-2.6-flare-2026-11-04", "5", "8", null, "30" },
        { "gpt-image-2.6-sunburst", "5", "8", null, "30" },
        { "gpt-image-2.6-sunburst-2026-11-04", "5", "8", null, "30" },
    };

    public static TheoryData<string, string, string, string?, string> BatchPrices => new()
    {
        { "gpt-image-1", "2.5", "5", null, "20" },
        { "gpt-image-1-mini", "1", "1.25", null, "4" },
        { "gpt-image-1.5", "2.5", "4", "5", "16" },
        { "chatgpt-image-latest", "2.5", "4", "5", "16" },
        { "gpt-image-2", "2.5", "4", null, "15" },
    };

    [Fact]
    public void Models_BuiltIn_AreThose() => Book.Models.Select(m => m.Name).ShouldBe(
    [
        "dall-e-2", "gpt-image-1", "gpt-image-1-mini", "gpt-image-1.5", "chatgpt-image-latest", "gpt-image-2",
        "gpt-image-2.5-flare", "gpt-image-2.5-sunburst", "gpt-image-2.6-flare", "gpt-image-2.6-sunburst",
    ]);

    [Fact]
    public void Version_BuiltIn_IsTheDateAndEightHexDigits() => Book.Version.ShouldMatch(@"^2026-11-22\+[0-9a-f]{8}$");

    [Theory]
    [MemberData(nameof(StandardPrices))]
    public void PriceOn_Standard_IsAsPublished(string model, string inputText, string inputImage, string? outputText, string outputImage) =>
        Book.PriceOn(model, Today, batch: false).ShouldBe(Prices(inputText, inputImage, outputText, outputImage));

    [Theory]
    [MemberData(nameof(BatchPrices))]
    public void PriceOn_Batch_IsHalf(string model, string inputText, string inputImage, string? outputText, string outputImage) =>
        Book.PriceOn(model, Today, batch: true).ShouldBe(Prices(inputText, inputImage, outputText, outputImage));

    [Theory]
    [InlineData("gpt-image-2.5-flare")]
    [InlineData("gpt-image-2.5-sunburst")]
    [InlineData("gpt-image-2.6-flare")]
    [InlineData("gpt-image-2.6-sunburst")]
    [InlineData("dall-e-2")]
    public void PriceOn_BatchNotPublished_IsNull(string model) => Book.PriceOn(model, Today, batch: true).ShouldBeNull();

    [Theory]
    [InlineData("256x256", "0.016")]
    [InlineData("512x512", "0.018")]
    [InlineData("1024x1024", "0.020")]
    [InlineData(null, "0.020")]
    [InlineData("77x77", "0.020")]
    public void ImagePriceOf_DallE2_GoesBySizeAndElseIsTheDearest(string? size, string usd) =>
        ModelBook.PriceEntryOn(Book.Find("dall-e-2"), Today).ShouldNotBeNull().ImagePriceOf(size, null).ShouldBe(decimal.Parse(usd));

    [Theory]
    [InlineData("dall-e-2", "2026-05-12", "gpt-image-2")]
    [InlineData("gpt-image-1", "2026-10-23", "gpt-image-2")]
    [InlineData("gpt-image-1-mini", "2026-12-01", "gpt-image-2")]
    [InlineData("gpt-image-1.5", "2026-12-01", "gpt-image-2")]
    [InlineData("chatgpt-image-latest", "2026-12-01", "gpt-image-2")]
    [InlineData("gpt-image-2", null, null)]
    [InlineData("gpt-image-2.5-flare", null, null)]
    [InlineData("gpt-image-2.6-sunburst", null, null)]
    public void Shutdown_EveryModel_IsAsAnnounced(string model, string? shutdown, string? replacement)
    {
        Book.Find(model).Shutdown.ShouldBe(shutdown is null ? null : DateOnly.Parse(shutdown));
        Book.Find(model).Replacement.ShouldBe(replacement);
    }

    [Theory]
    [InlineData("gpt-image-1", "1024x1024", 272, 1056, 4160)]
    [InlineData("gpt-image-1", "1024x1536", 408, 1584, 6240)]
    [InlineData("gpt-image-1", "1536x1024", 400, 1568, 6208)]
    [InlineData("gpt-image-1-mini", "1024x1024", 272, 1056, 4160)]
    [InlineData("gpt-image-1.5", "1024x1536", 408, 1584, 6240)]
    [InlineData("chatgpt-image-latest", "1536x1024", 400, 1568, 6208)]
    public void OutputTokens_BeforeGptImage2_AreAsPublished(string model, string size, int low, int medium, int high) =>
        Book.Find(model).OutputTokens.ShouldNotBeNull()[size].ShouldBe(new Dictionary<string, int> { ["low"] = low, ["medium"] = medium, ["high"] = high }, ignoreOrder: true);

    [Fact]
    public void OutputTokens_GptImage2_AreThoseKnown()
    {
        var table = Book.Find("gpt-image-2").OutputTokens.ShouldNotBeNull();
        table["1024x1024"].ShouldBe(new Dictionary<string, int> { ["low"] = 196, ["high"] = 7024 }, ignoreOrder: true);
        table["1536x1024"].ShouldBe(new Dictionary<string, int> { ["high"] = 5488 });
        table["1024x1536"].ShouldBeEmpty();
    }

    [Fact]
    public void OutputTokens_Later_AreNotKnown()
    {
        foreach (var model in Book.Models.Where(m => m.Name.StartsWith("gpt-image-2.", StringComparison.Ordinal))) model.OutputTokens.ShouldBeNull();
    }

    [Theory]
    [InlineData("dall-e-2", RequestForm.Multipart, 1, 1000, false, "dall-e")]
    [InlineData("gpt-image-1", RequestForm.Json, 16, 32000, true, "gpt-image")]
    [InlineData("gpt-image-2", RequestForm.Json, 16, 32000, true, "gpt-image")]
    [InlineData("gpt-image-2.5-flare", RequestForm.Json, 16, 32000, null, "gpt-image")]
    [InlineData("gpt-image-2.6-flare", RequestForm.Json, 16, 32000, false, "gpt-image")]
    public void Find_EachGeneration_HasItsForm(string name, RequestForm form, int images, int prompt, bool? batch, string group)
    {
        var model = Book.Find(name);
        model.IsKnown.ShouldBeTrue();
        model.Form.ShouldBe(form);
        model.MaxImages.ShouldBe(images);
        model.MaxPrompt.ShouldBe(prompt);
        model.Batch.ShouldBe(batch);
        model.LimitsGroup.ShouldBe(group);
        model.IsPricedPerImage.ShouldBe(form == RequestForm.Multipart);
    }

    [Fact]
    public void PartialImageTokens_GptImageModels_AreAHundred() =>
        Book.Models.Where(m => m.Family == "gpt-image").ShouldAllBe(m => m.PartialImageTokens == 100);

    [Theory]
    [InlineData("gpt-image-2-2027-01-31", "gpt-image-2", true, "gpt-image", "gpt-image")]
    [InlineData("gpt-image-2.6-flare-2026-12-24", "gpt-image-2.6-flare", true, "gpt-image", "gpt-image")]
    [InlineData("gpt-image-2-2027-02-31", "gpt-image-2-2027-02-31", false, "gpt-image", "gpt-image")]
    [InlineData("gpt-image-3", "gpt-image-3", false, "gpt-image", "gpt-image")]
    [InlineData("chatgpt-image-next", "chatgpt-image-next", false, "gpt-image", "gpt-image")]
    [InlineData("dall-e-3", "dall-e-3", false, "dall-e", "dall-e")]
    [InlineData("flux", "flux", false, "flux", "flux")]
    [InlineData("GPT-IMAGE-2", "GPT-IMAGE-2", false, "GPT-IMAGE-2", "GPT-IMAGE-2")]
    [InlineData("", "", false, "", "")]
    public void Find_OtherNames_ResolveByDateThenFamily(string asked, string name, bool known, string family, string group)
    {
        var model = Book.Find(asked);
        model.Name.ShouldBe(name);
        model.IsKnown.ShouldBe(known);
        model.Family.ShouldBe(family);
        model.LimitsGroup.ShouldBe(group);
    }

    [Fact]
    public void Find_UnknownName_TakesEverythingAndHasNoPrice()
    {
        var model = Book.Find("gpt-image-3");
        model.Parameters.ShouldBeEmpty();
        model.Sizes.ShouldBeNull();
        model.MaxImages.ShouldBe(int.MaxValue);
        model.MaxPrompt.ShouldBe(int.MaxValue);
        model.Batch.ShouldBeNull();
        model.Shutdown.ShouldBeNull();
        model.Notes.ShouldBe(["Not in the model book: every option is passed on unchecked, and no price is known."]);
        Book.PriceOn("gpt-image-3", Today, batch: false).ShouldBeNull();
    }

    private static TokenPrices Prices(string inputText, string inputImage, string? outputText, string outputImage) =>
        new(decimal.Parse(inputText), decimal.Parse(inputImage), outputText is null ? null : decimal.Parse(outputText), decimal.Parse(outputImage));
}
