using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Tests.Editing;

public sealed class EditRequestContentTests : IDisposable
{
    private static readonly byte[] PngHead = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 4, 0, 0, 0, 6, 0, 8, 6, 0, 0, 0];
    private static readonly byte[] JpegHead = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xFF, 0xC2, 0, 17, 8, 0x02, 0x00, 0x03, 0x00, 3, 1];
    private readonly string _folder = Directory.CreateTempSubdirectory("darkroom-test-").FullName;

    public static TheoryData<string, string> Parameters => new()
    {
        { "background", "\"transparent\"" },
        { "input_fidelity", "\"high\"" },
        { "model", "\"gpt-image-1.5\"" },
        { "moderation", "\"low\"" },
        { "n", "3" },
        { "output_compression", "0" },
        { "output_format", "\"webp\"" },
        { "partial_images", "2" },
        { "quality", "\"max\"" },
        { "size", "\"1536x1024\"" },
        { "stream", "true" },
        { "user", "\"user-1234 <ü>\"" },
        { "made_up", "{\"x\":[1.50,null,\"y\"]}" },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Parameters))]
    public async Task Body_OneOption_IsSentAsItIsAndNothingElse(string name, string value)
    {
        var body = await BodyAsync(Request(EditOptions.Parse($"{{\"{name}\":{value}}}")));
        var expected = (JsonObject)JsonNode.Parse("""{"images":[{"image_url":"https://x.test/a.png?b=1&c=2"}],"prompt":"p"}""")!;
        if (name != "model") expected["model"] = "default-model";
        expected[name] = JsonNode.Parse(value);
        JsonNode.DeepEquals(JsonNode.Parse(body), expected).ShouldBeTrue(body);
    }

    [Fact]
    public async Task Body_EverythingAtOnce_IsTheContractsShape()
    {
        var options = EditOptions.Parse($"{{{string.Join(",", Parameters.Select(p => $"\"{p.Data.Item1}\":{p.Data.Item2}"))}}}");
        var input = new EditInput([ImageReference.Url("https://x.test/a.png"), ImageReference.File("file-1"), ImageReference.Url("data:image/png;base64,AA+/")], ImageReference.File("file-2"));
        var body = await BodyAsync(new EditRequest(input, "Say \"hi\"\n\u2028 + <b>", options));
        body.ShouldStartWith("""{"images":[{"image_url":"https://x.test/a.png"},{"file_id":"file-1"},{"image_url":"data:image/png;base64,AA+/"}],"mask":{"file_id":"file-2"},"prompt":"Say \"hi\"\n""");
        var json = JsonDocument.Parse(body).RootElement;
        json.GetProperty("prompt").GetString().ShouldBe("Say \"hi\"\n\u2028 + <b>");
        foreach (var (name, value) in options.Values) JsonElement.DeepEquals(json.GetProperty(name), value).ShouldBeTrue(name);
        json.EnumerateObject().Count().ShouldBe(3 + options.Values.Count);
    }

    [Fact]
    public async Task Body_OptionsThatAreTheInputsOwn_AreNotSentTwice()
    {
        var body = await BodyAsync(Request(EditOptions.Parse("""{"prompt":"other","images":[],"mask":{},"model":5}""")));
        body.ShouldBe("""{"images":[{"image_url":"https://x.test/a.png?b=1&c=2"}],"prompt":"p","model":"default-model"}""");
    }

    [Theory]
    [InlineData(29)]
    [InlineData(30)]
    [InlineData(31)]
    [InlineData(96 * 1024)]
    [InlineData((96 * 1024) + 1)]
    [InlineData(1_000_001)]
    public async Task Body_LocalFile_IsInlinedWithTheTypeOfItsHeaderAndTheRightLength(int length)
    {
        var bytes = Answers.Picture(length);
        PngHead.CopyTo(bytes, 0);
        var path = Write("named.jpg", bytes);
        var request = new EditRequest(new EditInput([ImageReference.Local(path), ImageReference.File("f")], ImageReference.Local(path)), "p", EditOptions.None);
        using var content = await ContentAsync(request);
        content.Headers.ContentType!.ToString().ShouldBe("application/json");
        var declared = content.Headers.ContentLength;
        content.HasStarted.ShouldBeFalse();
        var body = await content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        content.HasStarted.ShouldBeTrue();
        declared.ShouldBe(body.Length);
        var url = $"data:image/png;base64,{Convert.ToBase64String(bytes)}";
        Encoding.UTF8.GetString(body).ShouldBe($$"""{"images":[{"image_url":"{{url}}"},{"file_id":"f"}],"mask":{"image_url":"{{url}}"},"prompt":"p","model":"default-model"}""");
    }

    [Fact]
    public async Task Body_LongDataUrl_IsWovenInUnchanged()
    {
        var url = $"data:image/png;base64,{Convert.ToBase64String(Answers.Picture(200_000))}";
        using var content = await ContentAsync(new EditRequest(new EditInput([ImageReference.Url(url)], null), "p", EditOptions.None));
        var declared = content.Headers.ContentLength;
        var body = await content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        body.ShouldBe($$"""{"images":[{"image_url":"{{url}}"}],"prompt":"p","model":"default-model"}""");
        declared.ShouldBe(body.Length);
    }

    [Fact]
    public async Task Body_LongUrlThatNeedsEscapes_IsEscaped()
    {
        var url = $"https://x.test/{new string('a', 5000)}\"ü";
        var body = await BodyAsync(new EditRequest(new EditInput([ImageReference.Url(url)], null), "p", EditOptions.None));
        JsonDocument.Parse(body).RootElement.GetProperty("images")[0].GetProperty("image_url").GetString().ShouldBe(url);
    }

    [Fact]
    public async Task CreateAsync_SourceThatCannotBeSent_IsASourceError()
    {
        (await ErrorAsync(ImageReference.Local(Path.Combine(_folder, "missing.png")))).Code.ShouldBe("source_unreadable");
        (await ErrorAsync(ImageReference.Local(_folder))).Code.ShouldBe("source_unreadable");
        (await ErrorAsync(ImageReference.Local(Write("page.png", "<html></html>"u8.ToArray())))).Code.ShouldBe("source_not_image");
        (await ErrorAsync(ImageReference.Local(Write("empty.png", [])))).Code.ShouldBe("source_not_image");
        (await ErrorAsync(ImageReference.Url($"data:image/png;base64,{new string('A', SourceFile.MaxDataUrl)}"))).Code.ShouldBe("source_too_large");
    }

    [Fact]
    public async Task CreateAsync_AtAndAboveTheLargestDataUrl_IsTakenAndRefused()
    {
        // 22 characters of head leave room for 20,971,498, which is 5,242,874 groups of three bytes and a rest.
        const long Most = (SourceFile.MaxDataUrl - 22L) / 4 * 3;
        var path = Write("large.png", PngHead);
        using (var file = File.OpenWrite(path)) file.SetLength(Most);
        using (await ContentAsync(new EditRequest(new EditInput([ImageReference.Local(path)], null), "p", EditOptions.None)))
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(Most + 1);
        (await ErrorAsync(ImageReference.Local(path))).Code.ShouldBe("source_too_large");
    }

    [Fact]
    public async Task Body_JpegWithALargePreview_IsRecognised()
    {
        byte[] segment = [0xFF, 0xE1, 0xFF, 0xFF, .. new byte[0xFFFD]];
        var path = Write("preview.jpg", [0xFF, 0xD8, .. segment, .. segment, .. JpegHead[2..]]);
        (await BodyAsync(new EditRequest(new EditInput([ImageReference.Local(path)], null), "p", EditOptions.None))).ShouldContain("data:image/jpeg;base64,");
    }

    [Fact]
    public async Task Body_FileCutWhileBeingSent_IsASourceFailure()
    {
        var path = Write("cut.png", [.. PngHead, .. new byte[500_000]]);
        using var content = await ContentAsync(new EditRequest(new EditInput([ImageReference.Local(path)], null), "p", EditOptions.None));
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) file.SetLength(100_000);
        await Should.ThrowAsync<SourceReadException>(() => content.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
        content.SourceFailure!.Class.ShouldBe(ErrorClasses.Source);
        content.SourceFailure.Code.ShouldBe("source_changed");
    }

    private static EditRequest Request(EditOptions options) => new(new EditInput([ImageReference.Url("https://x.test/a.png?b=1&c=2")], null), "p", options);

    private static async Task<EditRequestContent> ContentAsync(EditRequest request)
    {
        var (content, error) = await EditRequestContent.CreateAsync(request, "default-model", TestContext.Current.CancellationToken);
        error.ShouldBeNull();
        return content.ShouldNotBeNull();
    }

    private static async Task<string> BodyAsync(EditRequest request)
    {
        using var content = await ContentAsync(request);
        return await content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<ServiceError> ErrorAsync(ImageReference image)
    {
        var (content, error) = await EditRequestContent.CreateAsync(new EditRequest(new EditInput([image], null), "p", EditOptions.None), "m", TestContext.Current.CancellationToken);
        content.ShouldBeNull();
        error!.Class.ShouldBe(ErrorClasses.Source);
        return error;
    }

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
