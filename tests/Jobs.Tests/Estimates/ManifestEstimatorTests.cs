using Darkroom.Jobs.Costs;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Estimates;
using Darkroom.Jobs.Manifests;
using Darkroom.Jobs.Models;
using Darkroom.Jobs.Reuse;
using Darkroom.Jobs.Throttling;

namespace Darkroom.Jobs.Tests.Estimates;

public sealed class ManifestEstimatorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("darkroom-estimates-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task EstimateAsync_DuplicateRows_CountOnceUnlessAllArePaidFor()
    {
        const string low = """{"model":"gpt-image-2","quality":"low","size":"1024x1024","n":2}""";
        var text = string.Join('\n', Estimating.Row("a", low), Estimating.Row("b", low), Estimating.Row("c", low, prompt: "q"));

        var merged = await Estimating.TextAsync(text, reuse: ReuseMode.Duplicates);
        var forced = await Estimating.TextAsync(text);

        (merged.Total.Items, merged.Duplicates, merged.DuplicateImages).ShouldBe((2, 1, 2));
        (forced.Total.Items, forced.Duplicates).ShouldBe((3, 0));
        merged.Total.ExpectedUsd.ShouldBe(forced.Total.ExpectedUsd * 2 / 3);
    }

    [Fact]
    public async Task Estimate_ManyKindsOfItems_IsTheSumOverEachByItself()
    {
        WritePng("wide.png", 3000, 1000);
        WritePng("small.png", 512, 512);
        var random = new Random(5);
        string[] models = ["gpt-image-2", "gpt-image-1.5", "gpt-image-1-mini", "gpt-image-2.6-flare", "chatgpt-image-latest", "never-heard-of"];
        string[] options = ["", ",\"quality\":\"low\"", ",\"quality\":\"high\",\"size\":\"1024x1536\"", ",\"n\":4", ",\"stream\":true,\"partial_images\":2,\"n\":2", ",\"size\":\"auto\",\"quality\":\"medium\""];
        string[] images = ["https://shop.example/a.png", "wide.png", "small.png", "https://shop.example/b.png"];
        var lines = Enumerable.Range(0, 2000).Select(i =>
        {
            var chosen = Enumerable.Range(0, random.Next(1, 5)).Select(_ => $"\"{images[random.Next(4)]}\"");
            var mask = random.Next(3) == 0 ? ",\"mask\":\"https://shop.example/m.png\"" : "";
            return $$$"""{"id":"{{{i}}}","images":[{{{string.Join(',', chosen)}}}]{{{mask}}},"prompt":"{{{new string('x', random.Next(1, 60))}}}","options":{"model":"{{{models[random.Next(6)]}}}"{{{options[random.Next(6)]}}},"user":"u{{{random.Next(5000)}}}"}}""";
        }).ToList();
        lines.AddRange(Enumerable.Range(0, 30).Select(i => Estimating.Row($"d{i}", "{\"model\":\"dall-e-like\",\"n\":" + (1 + (i % 3)) + "}")));
        var text = string.Join('\n', lines);

        var estimate = await Estimating.TextAsync(text, folder: _folder);

        estimate.Problems.ShouldBeEmpty();
        var expected = await BruteForceAsync(text);
        estimate.Total.ShouldBe(expected);
        estimate.Total.UnpricedItems.ShouldBeGreaterThan(30);
        estimate.Models.Aggregate(default(EstimateSum), (sum, model) => sum + model.Sum).ShouldBe(expected);
        estimate.Limits.Aggregate(default(EstimateSum), (sum, group) => sum + group.Sum).ShouldBe(expected);
    }

    [Fact]
    public async Task Estimate_LocalImage_GoesByTheSizeInItsHeader()
    {
        WritePng("square.png", 512, 512);
        WritePng("wide.png", 2048, 512);
        var square = await Estimating.TextAsync(Estimating.Row("a", """{"model":"gpt-image-1-mini"}""", image: "square.png"), folder: _folder);
        var wide = await Estimating.TextAsync(Estimating.Row("a", """{"model":"gpt-image-1-mini"}""", image: "wide.png"), folder: _folder);
        var rule = ModelBook.BuiltIn.Find("gpt-image-1-mini").InputTokens;
        rule.ShouldBeNull("only then is the next line the family's rule");
        square.Total.Expected.InputImage.ShouldBe(ModelBook.BuiltIn.Find("gpt-image-1").InputTokens!.Tokens(new ImageSize(512, 512), highFidelity: false));
        wide.Total.Expected.InputImage.ShouldBe(ModelBook.BuiltIn.Find("gpt-image-1").InputTokens!.Tokens(new ImageSize(2048, 512), highFidelity: false));
        wide.Total.Expected.InputImage.ShouldBeGreaterThan(square.Total.Expected.InputImage);
    }

    [Fact]
    public async Task Estimate_UnknownPrice_IsCountedAndNeverZero()
    {
        var estimate = await Estimating.LinesAsync(Estimating.Row("a", """{"model":"never-heard-of"}"""), Estimating.Row("b", """{"model":"never-heard-of"}"""));
        estimate.Total.UnpricedItems.ShouldBe(2);
        estimate.Total.IsPriced.ShouldBeFalse();
        estimate.Warnings.ShouldHaveSingleItem().ShouldBe(
            new EstimateNote("options.model", "never-heard-of is not in the model book: its options pass unchecked, and no price is known.", 2, 1));
    }

    [Fact]
    public async Task Estimate_Warnings_ComeOnceWithTheirCountAndFirstLine()
    {
        var estimate = await Estimating.LinesAsync(
            Estimating.Row("a", """{"model":"gpt-image-2"}"""),
            Estimating.Row("b", """{"model":"gpt-image-1.5","output_compression":100}"""),
            Estimating.Row("c", """{"model":"gpt-image-1.5"}"""),
            Estimating.Row("d", """{"model":"gpt-image-2","partial_images":1}"""));

        estimate.Warnings.Select(w => (w.Field, w.Items, w.FirstLine)).ShouldBe(
            [("options.output_compression", 1L, 2), ("options.model", 2L, 2), ("options.partial_images", 1L, 4)], ignoreOrder: true);
        estimate.Warnings.Single(w => w.Field == "options.model").Reason.ShouldContain("will be shut down on 2026-12-01");
    }

    [Fact]
    public async Task Estimate_Problems_AreAllToldAndTheRestIsStillAddedUp()
    {
        var estimate = await Estimating.LinesAsync(
            Estimating.Row("a", """{"model":"gpt-image-2"}"""),
            Estimating.Row("b", """{"model":"gpt-image-2","size":"1000x1000"}"""),
            """{"id":"c","prompt":"p"}""",
            Estimating.Row("d", """{"model":"gpt-image-2","n":2}"""));

        estimate.ProblemCount.ShouldBe(2);
        estimate.Problems.Select(p => (p.Line, p.Field)).ShouldBe([(2, "options.size"), (3, "images")]);
        estimate.Total.Items.ShouldBe(2);
        estimate.Total.Images.ShouldBe(3);
    }

    [Fact]
    public async Task Estimate_MoreKindsThanAreKeptApart_LosesNone()
    {
        var lines = Enumerable.Range(0, 700).Select(i => Estimating.Row($"i{i}", $$"""{"model":"model-{{i % 350}}"}""")).ToArray();
        var estimate = await Estimating.LinesAsync(lines);
        estimate.Groups.Count.ShouldBe(ManifestEstimator.MostGroups + 1);
        estimate.Groups.Single(group => group.Key == EstimateKey.Others).Sum.Items.ShouldBe(700 - (2 * ManifestEstimator.MostGroups));
        estimate.Total.Items.ShouldBe(700);
    }

    [Fact]
    public async Task Estimate_Empty_IsAProblemAndNothingElse()
    {
        var estimate = await Estimating.LinesAsync("");
        estimate.ProblemCount.ShouldBe(1);
        estimate.Total.ShouldBe(default);
        estimate.Duration.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task Estimate_Limits_AreByGroupAndTheSlowestDecides()
    {
        var limits = new LimitsOptions { ["gpt-image"] = new() { Margin = 0, ImagesPerMinute = 10 }, ["other"] = new() { RequestsPerMinute = 1 } };
        var rows = Enumerable.Range(0, 20).Select(i => Estimating.Row($"g{i}", """{"model":"gpt-image-2","n":2}""")).Append(Estimating.Row("o", """{"model":"other"}"""));
        var estimate = await Estimating.TextAsync(string.Join('\n', rows), limits);
        estimate.Limits.Select(l => (l.Group, l.Scarcest)).ShouldBe([("gpt-image", LimitDimension.Images), ("other", LimitDimension.Requests)]);
        estimate.Duration.ShouldBe(TimeSpan.FromMinutes(4) + DurationRule.CallTime);
    }

    private async Task<EstimateSum> BruteForceAsync(string text)
    {
        var (planner, _) = Estimating.Create();
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
        var tokens = new TokenEstimator(ModelBook.BuiltIn);
        var pricing = new LedgerPricing(ModelBook.BuiltIn);
        var sum = default(EstimateSum);
        await foreach (var item in planner.PlanAsync(stream, new ManifestSource("m.jsonl", _folder, ManifestFormat.JsonLines), BatchDefaults.Empty))
        {
            var model = item.Options.Model!;
            ImageSize?[] sizes = [.. item.Input.Images.Select(SizeOf)];
            var call = tokens.Estimate(ModelBook.BuiltIn.Find(model), item.Options, item.Prompt.Length, sizes, item.Input.Mask is not null);
            var cost = pricing.Price(model, Estimating.Today, batch: false, call, item.Options);
            sum += new EstimateSum(
                1, item.Options.N, item.Input.Images.Count + (item.Input.Mask is null ? 0 : 1), call.Expected, call.Worst, cost.Expected ?? 0, cost.Worst ?? 0, cost.Expected is null ? 1 : 0);
        }

        return sum;
    }

    private static ImageSize? SizeOf(ImageReference image) => Path.GetFileName(image.Value) switch
    {
        "wide.png" => new ImageSize(3000, 1000),
        "small.png" => new ImageSize(512, 512),
        _ => null,
    };

    private void WritePng(string name, int width, int height)
    {
        byte[] head = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, (byte)'I', (byte)'H', (byte)'D', (byte)'R', .. new byte[8], 8, 6, 0, 0, 0];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(16), width);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(20), height);
        File.WriteAllBytes(Path.Combine(_folder, name), head);
    }
}
