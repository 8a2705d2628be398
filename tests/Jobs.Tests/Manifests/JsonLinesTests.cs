using System.Text;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests;

namespace Darkroom.Jobs.Tests.Manifests;

public sealed class JsonLinesTests
{
    private const string Row = """{"image":"https://shop.example/a.png","prompt":"p"}""";

    [Fact]
    public async Task Plan_EveryField_IsTaken()
    {
        var planned = await Planned.LinesAsync(
            """{"id":"SKU-1","images":["https://shop.example/a.png",{"file_id":"file-1"},{"image_url":"http://b/c"}],"mask":{"file_id":"m"},"prompt":"Put {{product}} on white","vars":{"product":"mug"},"options":{"quality":"high","n":2},"output":"mugs/SKU-1","tags":{"brand":"acme"}}""");

        var item = planned.Item;
        item.Ordinal.ShouldBe(0);
        item.Key.ShouldBe("SKU-1");
        item.Input.Images.ShouldBe([ImageReference.Url("https://shop.example/a.png"), ImageReference.File("file-1"), ImageReference.Url("http://b/c")]);
        item.Input.Mask.ShouldBe(ImageReference.File("m"));
        item.Prompt.ShouldBe("Put mug on white");
        item.Options.ToJson().ShouldBe("""{"model":"gpt-image-2","n":2,"quality":"high"}""");
        item.OutputName.ShouldBe("mugs/SKU-1");
        item.Tags.ShouldBe(new Dictionary<string, string> { ["brand"] = "acme" });
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n \r\n")]
    [InlineData("\uFEFF")]
    public async Task Plan_EmptyFile_IsAProblem(string text) =>
        (await Planned.FromAsync(text, "m.jsonl")).Problem.ToString().ShouldBe("m.jsonl: has no items; at least one is needed");

    [Theory]
    [InlineData("\uFEFF{0}\n{0}\n")]
    [InlineData("{0}\r\n{0}\r\n")]
    [InlineData("\n\n{0}\n \t\r\n{0}")]
    [InlineData("  {0}  \n{0}")]
    public async Task Plan_MarksBreaksAndBlankLines_AreNotRows(string form) =>
        (await Planned.FromAsync(form.Replace("{0}", Row, StringComparison.Ordinal), "m.jsonl")).Items.Select(i => i.Key).ShouldBe(["1", "2"]);

    [Fact]
    public async Task Plan_BlankLines_CountAsLines()
    {
        var planned = await Planned.LinesAsync(Row, "", "", "{}");
        planned.Problems.ShouldAllBe(p => p.Line == 4);
    }

    [Fact]
    public async Task Plan_LineOfTenMegabytes_IsARow()
    {
        var url = $"data:image/png;base64,{new string('A', 10 * 1024 * 1024)}";
        var planned = await Planned.LinesAsync(Row, $$"""{"image":"{{url}}","prompt":"p"}""", Row);
        planned.Items.Count.ShouldBe(3);
        planned.Items[1].Input.Images[0].Value.ShouldBe(url);
    }

    [Fact]
    public async Task Plan_LinePastTheBound_IsAProblemAndTheNextIsRead()
    {
        var text = $"{Row}\n{{\"prompt\":\"{new string('x', 400_000)}\"}}\n{Row}\n{{\"imag\":1}}";
        var planned = await Planned.FromAsync(text, "m.jsonl", limits: new PlanLimits { MaxRowBytes = 1000 });
        planned.Items.Count.ShouldBe(1);
        planned.Problems[0].ToString().ShouldBe("m.jsonl:2: is longer than 1,000 bytes, the most that a row may be");
        planned.Problems[1].Line.ShouldBe(4);
    }

    [Fact]
    public async Task Plan_LineJustPastTheBound_IsAProblem()
    {
        var planned = await Planned.FromAsync(Row, "m.jsonl", limits: new PlanLimits { MaxRowBytes = Row.Length - 1 });
        planned.Problem.Reason.ShouldContain("is longer than");
        (await Planned.FromAsync(Row, "m.jsonl", limits: new PlanLimits { MaxRowBytes = Row.Length })).Items.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"image":"https://a/b","prompt":"p",}""", "is not valid JSON at byte 37 of the line")]
    [InlineData("""{"image":"https://a/b" /* no */}""", "is not valid JSON")]
    [InlineData("""{"image":"https://a/b"} {"image":"https://a/b"}""", "is not valid JSON")]
    [InlineData("""{"image":"https://a/b" """, "is not valid JSON")]
    [InlineData("nonsense", "is not valid JSON")]
    [InlineData("[1]", "must be a JSON object, not an array")]
    [InlineData("\"x\"", "must be a JSON object, not a string")]
    [InlineData("""{"image":"https://a/b","prompt":"\ud800"}""", "has half of a surrogate pair")]
    [InlineData("""{"image":"https://a/b","prompt":"a\u0000b"}""", "has the character U+0000")]
    public async Task Plan_BrokenLine_IsOneProblemAndTheNextIsRead(string line, string reason)
    {
        var planned = await Planned.LinesAsync(line, """{"no":1,"image":"https://a/b","prompt":"p"}""");
        planned.Items.ShouldBeEmpty();
        planned.Problems.Count.ShouldBe(2);
        planned.Problems[0].Line.ShouldBe(1);
        planned.Problems[0].Reason.ShouldStartWith(reason);
        planned.Problems[0].Reason.ShouldNotContain("reader options");
        planned.Problems[1].Line.ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"id":"\u0000"}""", "id")]
    [InlineData("""{"id":"a","image":"https://a/b?\ud800"}""", "image")]
    [InlineData("""{"images":["https://a/b","\ud800"]}""", "images")]
    [InlineData("""{"prompt":"\udc00\ud800"}""", "prompt")]
    [InlineData("""{"tags":{"a":"b","brand":"\u0000"}}""", "tags")]
    [InlineData("""{"tags":{"\ud800":"b"}}""", "tags")]
    [InlineData("""{"vars":{"x":["\ud800"]}}""", "vars")]
    [InlineData("""{"options":{"quality":"\u0000"}}""", "options")]
    [InlineData("""{"id":"a","\u0000":1}""", null)]
    public async Task Plan_TextThatCannotBeStored_IsAProblemOfItsField(string line, string? field)
    {
        foreach (var manifest in new[] { line, $"[\n{line}]" })
        {
            var problem = (await Planned.FromAsync(manifest, manifest == line ? "m.jsonl" : "m.json")).Problem;
            (problem.Line, problem.Field).ShouldBe((manifest == line ? 1 : 2, field));
            problem.Reason.ShouldStartWith("has ");
        }
    }

    [Fact]
    public async Task Plan_BytesThatAreNotUtf8_AreAProblem()
    {
        var bytes = Encoding.Latin1.GetBytes("""{"image":"https://a/b","prompt":"café"}""");
        (await Planned.FromAsync(bytes, "m.jsonl")).Problem.ToString().ShouldBe("m.jsonl:1: is not valid UTF-8: byte 37 is 0xE9, as in a file saved as Windows-1252 (\"ANSI\"); save it as UTF-8, in Excel as \"CSV UTF-8\"");
    }

    [Theory]
    [InlineData("\"id\":5", "id", "must be a string, not a number")]
    [InlineData("\"id\":\"a\",\"id\":\"b\"", "id", "is given twice")]
    [InlineData("\"imgae\":\"x\"", "imgae", "is not a field of a row; did you mean \"image\"?")]
    [InlineData("\"colour\":\"x\"", "colour", "is not a field of a row")]
    [InlineData("\"quality\":\"low\"", "quality", "is not a field of a row; an option goes into options: {\"quality\": …}")]
    [InlineData("\"images\":[\"https://a/b\"]", "images", "stands beside the other of image and images; give one of them")]
    [InlineData("\"mask\":5", "mask", "must be a string, {\"image_url\": …} or {\"file_id\": …}, not a number")]
    [InlineData("\"mask\":{}", "mask", "must have exactly one of image_url and file_id")]
    [InlineData("\"mask\":{\"file_id\":\"a\",\"image_url\":\"https://a/b\"}", "mask", "must have exactly one of image_url and file_id")]
    [InlineData("\"mask\":{\"file_id\":5}", "mask.file_id", "must be a string, not a number")]
    [InlineData("\"mask\":{\"file\":\"a\"}", "mask.file", "is not a field of an image, which has file_id or image_url")]
    [InlineData("\"vars\":{\"a\":[1]}", "vars.a", "must be a string, a number, true or false, not an array")]
    [InlineData("\"vars\":{\"a\":1,\"a\":2}", "vars.a", "is given twice")]
    [InlineData("\"vars\":{\"a\":null,\"a\":2}", "vars.a", "is given twice")]
    [InlineData("\"vars\":[]", "vars", "must be an object, not an array")]
    [InlineData("\"tags\":{\"a\":{}}", "tags.a", "must be a string, a number, true or false, not an object")]
    [InlineData("\"tags\":{\"a\":\"1\",\"a\":\"2\"}", "tags.a", "is given twice")]
    [InlineData("\"tags\":{\"\":\"1\"}", "tags.", "must have a name of 1 to 100 characters without control characters")]
    [InlineData("\"tags\":7", "tags", "must be an object, not a number")]
    [InlineData("\"options\":\"x\"", "options", "must be an object, not a string")]
    [InlineData("\"output\":[]", "output", "must be a string, not an array")]
    public async Task Plan_WrongField_IsOneProblem(string fields, string field, string reason)
    {
        var planned = await Planned.RowAsync(fields);
        planned.Problem.ShouldBe(new ManifestProblem("m.jsonl", 1, field, reason));
        planned.Items.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\"image\":[\"https://a/b\"]", "image", "must be one image; several go into images")]
    [InlineData("\"images\":\"https://a/b\"", "images", "must be an array, not a string; one image goes into image")]
    [InlineData("\"images\":[5]", "images[0]", "must be a string, {\"image_url\": …} or {\"file_id\": …}, not a number")]
    [InlineData("\"images\":[\"https://a/b\",\"\"]", "images[1]", "is empty; an image is an http or https URL, an az:// address, a data: URL, a local path, or {\"file_id\": …}")]
    [InlineData("\"images\":[]", "images", "an item needs 1 to 16 images, and this one has none")]
    [InlineData("\"id\":\"a\"", "images", "an item needs 1 to 16 images, and this one has none")]
    public async Task Plan_WrongImages_AreOneProblem(string fields, string field, string reason) =>
        (await Planned.LinesAsync($$"""{"prompt":"p",{{fields}}}""")).Problem.ShouldBe(new ManifestProblem("m.jsonl", 1, field, reason));

    [Theory]
    [InlineData(16, 0)]
    [InlineData(17, 1)]
    public async Task Plan_NumberOfImages_IsAtMostSixteen(int count, int problems) =>
        (await Planned.LinesAsync($$"""{"prompt":"p","images":[{{string.Join(',', Enumerable.Repeat("\"https://a/b\"", count))}}]}""")).Problems.Count.ShouldBe(problems);

    [Fact]
    public async Task Plan_Nulls_AreUnset()
    {
        var planned = await Planned.LinesAsync("""{"id":null,"image":"https://a/b","images":null,"mask":null,"prompt":"p","vars":null,"options":null,"output":null,"tags":null}""");
        planned.Item.Key.ShouldBe("1");
    }
}
