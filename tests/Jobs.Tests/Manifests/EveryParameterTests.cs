using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;

namespace Darkroom.Jobs.Tests.Manifests;

/// <summary>Every parameter of the endpoint comes through each form of manifest with its type, and unset ones don't.</summary>
public sealed class EveryParameterTests
{
    public static TheoryData<string, string, string> Options => new()
    {
        { "background", "\"opaque\"", "opaque" },
        { "input_fidelity", "\"low\"", "low" },
        { "moderation", "\"low\"", "low" },
        { "n", "10", "10" },
        { "output_compression", "100", "100" },
        { "output_format", "\"jpeg\"", "jpeg" },
        { "quality", "\"auto\"", "auto" },
        { "size", "\"1536x1024\"", "1536x1024" },
        { "stream", "true", "true" },
        { "stream", "false", "false" },
        { "user", "\"user-1234\"", "user-1234" },
        { "model", "\"a-model-of-tomorrow\"", "a-model-of-tomorrow" },
    };

    private static BatchDefaults NoFlags => BatchDefaults.Empty;

    [Theory]
    [MemberData(nameof(Options))]
    public async Task Plan_OneOption_IsTheOneThatIsSet(string name, string json, string cell)
    {
        var expected = name == "model" ? $"{{\"model\":{json}}}" : EditOptions.Parse($"{{\"model\":\"gpt-image-2\",\"{name}\":{json}}}").ToJson();
        var options = $"{{\"{name}\":{json}}}";
        var fields = $$"""{"image":"{{Planned.Url}}","prompt":"p"}""";
        var lines = await Planned.FromAsync($$"""{"image":"{{Planned.Url}}","prompt":"p","options":{{options}} }""", "m.jsonl", NoFlags);
        var row = await Planned.FromAsync($$"""{"items":[{"image":"{{Planned.Url}}","prompt":"p","options":{{options}} }]}""", "m.json", NoFlags);
        var head = await Planned.FromAsync($$"""{"options":{{options}},"items":[{{fields}}]}""", "m.json", NoFlags);
        var csv = await Planned.FromAsync($"image,prompt,{name}\n{Planned.Url},p,{cell}\n", "m.csv", NoFlags);
        foreach (var planned in (Planned[])[lines, row, head, csv]) planned.Item.Options.ToJson().ShouldBe(expected);
    }

    [Fact]
    public async Task Plan_PartialImages_GoWithStream()
    {
        var csv = await Planned.FromAsync($"image,prompt,stream,partial_images\n{Planned.Url},p,true,3\n", "m.csv", NoFlags);
        csv.Item.Options.ToJson().ShouldBe("""{"model":"gpt-image-2","partial_images":3,"stream":true}""");
    }

    [Fact]
    public async Task Plan_ImagesAndMaskInEveryForm_AreTheSame()
    {
        const string Inline = "data:image/png;base64,iVBORw0KGgo=";
        EditInput expected = new(
            [ImageReference.Url("https://x.test/a.png?x=1"), ImageReference.Url(Inline), ImageReference.File("file-Ab_1"), ImageReference.File("other.id")],
            ImageReference.Url(Inline));
        var images = $$"""["https://x.test/a.png?x=1","{{Inline}}",{"file_id":"file-Ab_1"},{"file_id":"other.id"}]""";
        var objects = $$"""[{"image_url":"https://x.test/a.png?x=1"},{"image_url":"{{Inline}}"},{"file_id":"file-Ab_1"},{"file_id":"other.id"}]""";
        var plain = await Planned.LinesAsync($$"""{"images":{{images}},"mask":"{{Inline}}","prompt":"p"}""");
        var typed = await Planned.LinesAsync($$"""{"images":{{objects}},"mask":{"image_url":"{{Inline}}"},"prompt":"p"}""");
        var csv = await Planned.CsvAsync("images,mask,prompt", $"\"https://x.test/a.png?x=1|{Inline}|file-Ab_1|file_id:other.id\",\"{Inline}\",p");
        foreach (var planned in (Planned[])[plain, typed, csv])
        {
            planned.Item.Input.Images.ShouldBe(expected.Images);
            planned.Item.Input.Mask.ShouldBe(expected.Mask);
        }
    }

    [Theory]
    [InlineData("file-abc", "file-abc")]
    [InlineData("file_id:with.dots", "with.dots")]
    public async Task Plan_MaskByIdInCsv_IsTheId(string cell, string id) =>
        (await Planned.CsvAsync("image,mask,prompt", $"{Planned.Url},{cell},p")).Item.Input.Mask.ShouldBe(ImageReference.File(id));

    [Theory]
    [InlineData(16, 0)]
    [InlineData(17, 1)]
    public async Task Plan_Images_AreOneToSixteen(int count, int problems)
    {
        var images = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"https://x.test/{i}\""));
        (await Planned.LinesAsync($$"""{"images":[{{images}}],"prompt":"p"}""")).Problems.Count.ShouldBe(problems);
    }
}
