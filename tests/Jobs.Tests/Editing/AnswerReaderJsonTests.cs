using System.Text;
using System.Text.Json;
using Darkroom.Jobs.Editing;
using FsCheck;
using FsCheck.Fluent;

namespace Darkroom.Jobs.Tests.Editing;

public sealed class AnswerReaderJsonTests
{
    [Fact]
    public async Task ReadAsync_TwoImages_DecodesBothInOrderAndKeepsUsageRaw()
    {
        byte[] first = Answers.Picture(300_001), second = Answers.Picture(200_000, 2);
        var (answer, sink, _) = await Answers.ReadAsync(Answers.Json(first, second));
        answer.Fault.ShouldBeNull();
        (answer.Images, answer.IsWhole, answer.UsageJson).ShouldBe((2, true, Answers.Usage));
        sink.Images.ShouldBe([first, second]);
    }

    [Theory]
    // Beside each image, where the whole says nothing.
    [InlineData("""{"data":[{"b64_json":"QUJD","usage":{"output_tokens":5}},{"b64_json":"QUJD","usage":{"output_tokens":7}}]}""", """{"output_tokens":12}""")]
    [InlineData("""{"data":[{"b64_json":"QUJD","usage":{"output_tokens":5}}],"usage":null}""", """{"output_tokens":5}""")]
    [InlineData("""{"data":[{"url":"http://x","usage":{"completion_tokens":5}}],"usage":{"output_tokens":0}}""", """{"completion_tokens":5}""")]
    [InlineData("""{"data":[{"b64_json":"QUJD","usage":{"output_tokens":5}}],"usage":{"total_tokens":9}}""", """{"total_tokens":9}""")]
    // An image without one isn't free.
    [InlineData("""{"data":[{"b64_json":"QUJD","usage":{"output_tokens":5}},{"b64_json":"QUJD"}]}""", """{"output_tokens":5,"images_without_usage":1}""")]
    // What says nothing is kept as it came.
    [InlineData("""{"data":[{"b64_json":"QUJD","usage":{"output_tokens":0}}],"usage":{}}""", "{}")]
    [InlineData("""{"data":[{"b64_json":"QUJD"}],"usage":{"image_count":1}}""", """{"image_count":1}""")]
    [InlineData("""{"data":[{"b64_json":"QUJD"}]}""", null)]
    public async Task ReadAsync_UsageInAnyPlace_IsFound(string body, string? usage)
    {
        var (answer, _, _) = await Answers.ReadAsync(body);
        (answer.Fault, answer.UsageJson).ShouldBe((null, usage));
    }

    [Fact]
    public void ReadAsync_AnySplit_GivesWhatJsonDocumentGives()
    {
        var property = Prop.ForAll<byte[][], int, string>((images, seed, text) =>
        {
            var random = new Random(seed);
            var pictures = (images ?? []).Where(i => i is { Length: > 0 }).Take(10).ToArray();
            var body = Encoding.UTF8.GetBytes(Dressed(pictures, text ?? "", random));
            var (answer, sink, _) = Answers.ReadAsync(body, size: () => 1 + random.Next(9)).GetAwaiter().GetResult();
            answer.Fault.ShouldBeNull();
            var reference = Reference.Read(body).ShouldNotBeNull();
            sink.Images.ShouldBe(reference.Images);
            sink.Images.ShouldBe(pictures);
            answer.UsageJson.ShouldBe(reference.UsageJson);
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), property);
    }

    [Theory]
    [InlineData("""{"data":[{"b64_json":"QU\/D"}]}""", "QU/D")]
    [InlineData("""{"data":[{"b64_json":"QUJD\nQUJD\r\n"}]}""", "QUJDQUJD")]
    [InlineData("""{"data":[{"b64_json":"\u002b\u002B++"}]}""", "++++")]
    [InlineData("""{"data":[{"b64\u005fjson":"QUJD"}]}""", "QUJD")]
    [InlineData("""{"d\u0061ta":[{"b64_json":"QUJD"}]}""", "QUJD")]
    [InlineData("""{"b64_json":"QUJD"}""", "QUJD")]
    [InlineData("""{"data" : [ { "b64_json" : "QUI" } ] }""", "QUI=")]
    [InlineData("""{"note":"\"b64_json\":\"xx\"","data":[{"revised_prompt":"b64_json","b64_json":"QUJD"}]}""", "QUJD")]
    public async Task ReadAsync_WrittenOtherwise_IsTheSameImage(string body, string base64)
    {
        for (var size = 1; size < 12; size++)
        {
            var (answer, sink, _) = await Answers.ReadAsync(body, size: () => size);
            answer.Fault.ShouldBeNull();
            sink.Images.ShouldBe([Convert.FromBase64String(base64)]);
        }
    }

    [Fact]
    public async Task ReadAsync_RawLineBreaksInAnImage_AreSkipped()
    {
        var (answer, sink, _) = await Answers.ReadAsync("{\"data\":[{\"b64_json\":\"QU\r\nJD\"}]}");
        answer.Fault.ShouldBeNull();
        sink.Images.ShouldBe(["ABC"u8.ToArray()]);
    }

    [Theory]
    [InlineData("""{"error":{"b64_json":"QUJD"},"data":[]}""")]
    [InlineData("""{"data":{"x":{"b64_json":"QUJD"}}}""")]
    [InlineData("""{"other":[{"b64_json":"QUJD"}]}""")]
    [InlineData("""{"data":[{"b64_json":null},{"b64_json":["QUJD"]},{"b64_json":{"b64_json":"QUJD"}},["b64_json","QUJD"],"b64_json"]}""")]
    [InlineData("""{"data":[{"b64_json":""}]}""")]
    public async Task ReadAsync_NoImageInItsPlace_HasNone(string body)
    {
        var (answer, sink, _) = await Answers.ReadAsync(body);
        answer.Fault.ShouldBeNull();
        (answer.Images, answer.IsWhole, sink.Opened.Count).ShouldBe((0, true, 0));
    }

    [Theory]
    [InlineData("", ErrorClasses.UnknownOutcome, "cut_short")]
    [InlineData("{", ErrorClasses.UnknownOutcome, "cut_short")]
    [InlineData("""{"data":[{"b64_json":"QUJD""", ErrorClasses.UnknownOutcome, "cut_short")]
    [InlineData("""{"data":[{"b64_json":"QUJD"}]""", ErrorClasses.UnknownOutcome, "cut_short")]
    [InlineData("<html><body>Bad gateway</body></html>", ErrorClasses.BadAnswer, "not_json")]
    [InlineData("[1]", ErrorClasses.BadAnswer, "not_json")]
    [InlineData("\"text\"", ErrorClasses.BadAnswer, "not_json")]
    [InlineData("""{"data":[{"b64_json":"QUJD"}]}}""", ErrorClasses.BadAnswer, "not_json")]
    [InlineData("""{"data":[{"b64_json":"Q!JD"}]}""", ErrorClasses.BadAnswer, "broken_base64")]
    [InlineData("""{"data":[{"b64_json":"QUJD\u00e9"}]}""", ErrorClasses.BadAnswer, "broken_base64")]
    [InlineData("""{"data":[{"b64_json":"QUJD\\"}]}""", ErrorClasses.BadAnswer, "broken_base64")]
    [InlineData("""{"data":[{"b64_json":"QUJD\u00zz"}]}""", ErrorClasses.BadAnswer, "broken_base64")]
    [InlineData("""{"data":[{"b64_json":"QUJD"}],"data":[]}""", ErrorClasses.BadAnswer, "contradiction")]
    [InlineData("""{"data":[{"b64_json":5}]}""", ErrorClasses.BadAnswer, "contradiction")]
    public async Task ReadAsync_WrongAnswer_IsAFault(string body, string errorClass, string code)
    {
        for (var size = 1; size < 9; size++)
        {
            var (answer, _, _) = await Answers.ReadAsync(body, size: () => size);
            answer.Fault.ShouldNotBeNull();
            (answer.Fault.Class, answer.Fault.Code).ShouldBe((errorClass, code));
        }
    }

    [Fact]
    public async Task ReadAsync_SkeletonOrDepthOrCountOutOfBounds_IsAFault()
    {
        var (large, _, _) = await Answers.ReadAsync($$"""{"note":"{{new string('x', ImageScanner.MaxSkeleton)}}","data":[]}""");
        large.Fault!.Code.ShouldBe("too_large");
        var (deep, _, _) = await Answers.ReadAsync(new string('[', 65));
        deep.Fault!.Code.ShouldBe("too_large");
        var (many, sink, _) = await Answers.ReadAsync(Answers.Json([.. Enumerable.Repeat("x"u8.ToArray(), 65)]));
        many.Fault!.Code.ShouldBe("too_many_images");
        sink.Opened.Count.ShouldBe(64);
    }

    [Fact]
    public async Task ReadAsync_AboveMaxBytes_IsAFaultAndStopsReading()
    {
        var (answer, _, _) = await Answers.ReadAsync(Encoding.UTF8.GetBytes(Answers.Json(Answers.Picture(100_000))), size: () => 4096, max: 50_000);
        (answer.Fault!.Class, answer.Fault.Code).ShouldBe((ErrorClasses.BadAnswer, "too_large"));
    }

    [Fact]
    public async Task ReadAsync_ByteOrderMarkAndSpaceBefore_IsRead()
    {
        var (answer, sink, _) = await Answers.ReadAsync("\uFEFF \r\n" + Answers.Json("x"u8.ToArray()), events: true, size: () => 1);
        answer.Fault.ShouldBeNull();
        sink.Images.Count.ShouldBe(1);
    }

    [Fact]
    public async Task ReadAsync_SinkFails_IsTheStoresFailureAndTheAnswerIsReadToItsEnd()
    {
        await using var reader = new AnswerReader(new MemorySink { WriteFailure = new IOException("No space left on device") }, 1 << 20);
        var body = new MemoryStream(Encoding.UTF8.GetBytes(Answers.Json("x"u8.ToArray())));
        await reader.ReadAsync(body, false, TestContext.Current.CancellationToken);
        reader.Output.Failure.ShouldNotBeNull().Message.ShouldContain("No space left");
        (reader.Answer.Images, reader.Answer.UsageJson, reader.Answer.Fault).ShouldBe((1, Answers.Usage, null));
    }

    private static string Dressed(byte[][] images, string text, Random random)
    {
        string Space() => new(' ', random.Next(3));
        string Base64(byte[] image)
        {
            var base64 = Convert.ToBase64String(image);
            if (random.Next(3) == 0) base64 = base64.TrimEnd('=');
            return string.Concat(base64.Select(c => random.Next(12) switch
            {
                0 => $"\\u{(int)c:x4}",
                1 => $"{c}\\n",
                2 when c == '/' => "\\/",
                _ => c.ToString(),
            }));
        }

        var data = string.Join($"{Space()},", images.Select(i => $$"""{{{Space()}}"revised_prompt":{{JsonSerializer.Serialize(text)}},"b64_json"{{Space()}}:{{Space()}}"{{Base64(i)}}"{{Space()}}}"""));
        var usage = $"\"usage\":{Answers.Usage}";
        return random.Next(2) == 0
            ? $$"""{{{usage}},{{Space()}}"data":{{Space()}}[{{data}}]}{{Space()}}"""
            : $$"""{"created":1,"data":[{{data}}],{{Space()}}{{usage}}}""";
    }
}
