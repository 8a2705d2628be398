using System.Text;
using Darkroom.Jobs.Editing;
using FsCheck;
using FsCheck.Fluent;

namespace Darkroom.Jobs.Tests.Editing;

public sealed class AnswerReaderEventTests
{
    private static readonly byte[] Final = Answers.Picture(50_000);
    private static readonly byte[] Preview = Answers.Picture(20_000, 2);

    public static TheoryData<string> LineEnds => ["\n", "\r\n", "\r"];

    [Theory]
    [MemberData(nameof(LineEnds))]
    public async Task ReadAsync_PartialsThenCompleted_KeepsTheFinalOnly(string end)
    {
        var body = (": a comment\nretry: 5\nid: 7\n\n" + Answers.Event("image_edit.partial_image", Answers.Partial(Preview)) + Answers.Event("image_edit.completed", Answers.Completed(Final))
            + "data: [DONE]\n\n").Replace("\n", end, StringComparison.Ordinal);
        foreach (var size in (int[])[1, 2, 3, 7, 1000, int.MaxValue])
        {
            var (answer, sink, hasAll) = await Answers.ReadAsync(body, events: true, size: () => size);
            answer.Fault.ShouldBeNull();
            (answer.Images, answer.UsageJson, answer.IsWhole, hasAll).ShouldBe((1, Answers.Usage, true, true));
            sink.Images.ShouldBe([Final]);
        }
    }

    [Fact]
    public async Task ReadAsync_KindOnlyInTypeBehindTheImage_IsDecidedAtTheEnd()
    {
        string Data(byte[] image, string type) => $"data: {{\"b64_json\":\"{Convert.ToBase64String(image)}\",\"type\":\"{type}\"}}\n\n";
        var (answer, sink, _) = await Answers.ReadAsync(Data(Preview, "image_edit.partial_image") + Data(Final, "image_edit.completed"), events: true, size: () => 1000);
        answer.Fault.ShouldBeNull();
        sink.Images.ShouldBe([Final]);
    }

    [Fact]
    public async Task ReadAsync_EventLineBehindTheData_Counts()
    {
        var data = $"{{\"b64_json\":\"{Convert.ToBase64String(Preview)}\"}}";
        var (answer, sink, _) = await Answers.ReadAsync($"data: {data}\nevent: image_edit.partial_image\n\n", events: true);
        (answer.Fault, answer.Images, sink.Opened.Count).ShouldBe((null, 0, 0));
    }

    [Fact]
    public async Task ReadAsync_DataOverSeveralLines_IsOneDocument()
    {
        var (answer, sink, _) = await Answers.ReadAsync("event: image_edit.completed\ndata: {\"type\":\ndata:\"image_edit.completed\",\ndata\ndata: \"b64_json\":\"QUJD\"}\n\n", events: true, size: () => 3);
        answer.Fault.ShouldBeNull();
        sink.Images.ShouldBe(["ABC"u8.ToArray()]);
    }

    [Fact]
    public async Task ReadAsync_SeveralCompleted_KeepsAllAndAddsUsage()
    {
        var body = Answers.Event("image_edit.completed", Answers.Completed(Final)) + Answers.Event("image_edit.completed", Answers.Completed(Preview));
        var (answer, sink, _) = await Answers.ReadAsync(body, events: true);
        sink.Images.ShouldBe([Final, Preview]);
        answer.UsageJson.ShouldBe("""{"input_tokens":536,"input_tokens_details":{"image_tokens":512,"text_tokens":24},"output_tokens":392,"total_tokens":928}""");
    }

    [Theory]
    // One of two images has none: its tokens are missing from the sum.
    [InlineData("""{"output_tokens":5}""", "null", "", """{"output_tokens":5,"images_without_usage":1}""")]
    [InlineData("{}", """{"output_tokens":5}""", "", """{"output_tokens":5,"images_without_usage":1}""")]
    [InlineData("{}", "{}", "", "{}")]
    [InlineData("null", "null", "", null)]
    // In an event of its own.
    [InlineData("null", "null", """{"usage":{"prompt_tokens":3,"completion_tokens":9}}""", """{"prompt_tokens":3,"completion_tokens":9}""")]
    [InlineData("""{"output_tokens":5}""", """{"output_tokens":6}""", """{"usage":{"total_tokens":11}}""", """{"output_tokens":11}""")]
    public async Task ReadAsync_UsageInAnyEvent_IsFoundAndAGapIsTold(string first, string second, string last, string? usage)
    {
        var body = Answers.Event("image_edit.completed", Answers.Completed(Final, first)) + Answers.Event("image_edit.completed", Answers.Completed(Preview, second))
            + (last.Length == 0 ? "" : $"data: {last}\n\n") + "data: [DONE]\n\n";
        var (answer, _, _) = await Answers.ReadAsync(body, events: true);
        (answer.Fault, answer.Images, answer.UsageJson).ShouldBe((null, 2, usage));
    }

    [Fact]
    public async Task ReadAsync_WholeAnswerInOneUnnamedEvent_IsTaken()
    {
        var (answer, sink, _) = await Answers.ReadAsync($"data: {Answers.Json(Final, Preview)}\n\n", events: true);
        (answer.Images, answer.UsageJson).ShouldBe((2, Answers.Usage));
        sink.Images.ShouldBe([Final, Preview]);
    }

    [Fact]
    public async Task ReadAsync_JsonThoughEventsWereAskedFor_IsReadAsJson()
    {
        var (answer, sink, _) = await Answers.ReadAsync(Answers.Json(Final), events: true);
        answer.Fault.ShouldBeNull();
        sink.Images.ShouldBe([Final]);
    }

    [Fact]
    public async Task ReadAsync_LastEventWithoutBlankLine_Counts()
    {
        var (answer, _, _) = await Answers.ReadAsync($"event: image_edit.completed\ndata: {Answers.Completed(Final)}", events: true);
        (answer.Images, answer.IsWhole).ShouldBe((1, true));
    }

    [Theory]
    [InlineData("")]
    [InlineData("event: image_edit.partial_image\ndata: {\"type\":\"image_edit.partial_image\",\"b64_json\":\"!!\"}\n\n")]
    [InlineData("event: ping\ndata: {}\n\ndata: pong\n\n")]
    [InlineData("event: image_edit.completed\ndata: {\"type\":\"image_edit.completed\",\"b64_json\":\"QUJD")]
    [InlineData("data: [DONE]\n\n")]
    public async Task ReadAsync_EndWithoutCompleted_IsNotWhole(string body)
    {
        var (answer, _, hasAll) = await Answers.ReadAsync(body, events: true);
        (answer.Fault, answer.Images, answer.IsWhole, hasAll).ShouldBe((null, 0, false, false));
    }

    [Theory]
    [InlineData("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"image_generation_server_error\",\"code\":\"image_generation_failed\",\"message\":\"m\",\"param\":null}}\n\n")]
    [InlineData("data: {\"error\":{\"type\":\"image_generation_server_error\",\"code\":\"image_generation_failed\",\"message\":\"m\"}}\n\n")]
    [InlineData("event: image_edit.failed\ndata: {\"error\":{\"type\":\"image_generation_server_error\",\"code\":\"image_generation_failed\",\"message\":\"m\"}}\n\n")]
    public async Task ReadAsync_ErrorEvent_IsTheError(string body)
    {
        var (answer, _, _) = await Answers.ReadAsync(body, events: true);
        answer.Error.ShouldBe(new ErrorBody("m", "image_generation_server_error", "image_generation_failed", null, null) { IsOwn = true });
    }

    [Theory]
    [InlineData("event: image_edit.completed\ndata: {\"type\":\"image_edit.partial_image\",\"b64_json\":\"QUJD\"}\n\n", "contradiction")]
    [InlineData("event: image_edit.partial_image\ndata: {\"type\":\"image_edit.completed\",\"b64_json\":\"QUJD\"}\n\n", "contradiction")]
    [InlineData("event: image_edit.completed\ndata: {\"b64_json\":\"QUJD\",\"b64_json\":3}\n\n", "contradiction")]
    [InlineData("event: image_edit.completed\ndata: {\"b64_json\":\"Q!JD\"}\n\n", "broken_base64")]
    [InlineData("data: {\"b64_json\":\"Q!JD\",\"type\":\"image_edit.completed\"}\n\n", "broken_base64")]
    [InlineData("event: image_edit.completed\ndata: oops\n\n", "not_json")]
    public async Task ReadAsync_WrongEvent_IsAFault(string body, string code)
    {
        var (answer, _, _) = await Answers.ReadAsync(body, events: true);
        answer.Fault!.Code.ShouldBe(code);
    }

    [Fact]
    public async Task ReadAsync_BehindDone_ReadsNoFurther()
    {
        var body = new ChunkedStream(Encoding.UTF8.GetBytes(Answers.Event("image_edit.completed", Answers.Completed(Final)) + "data: [DONE]\n\n"), () => 100, new IOException("never ends"));
        await using var reader = new AnswerReader(new MemorySink(), 1 << 20);
        await reader.ReadAsync(body, true, TestContext.Current.CancellationToken);
        reader.Answer.Images.ShouldBe(1);
    }

    [Fact]
    public async Task ReadAsync_PartialsKept_AreBesideTheFinalImagesWhateverTheSplit()
    {
        byte[] coarse = Answers.Picture(3000, 3), second = Answers.Picture(2000, 4);
        var body = Encoding.UTF8.GetBytes(
            Answers.Event("image_edit.partial_image", Answers.Partial(coarse)) + Answers.Event("image_edit.partial_image", Answers.Partial(Preview, 1))
            + Answers.Event("image_edit.completed", Answers.Completed(Final))
            + $"data: {{\"b64_json\":\"{Convert.ToBase64String(coarse)}\",\"type\":\"image_edit.partial_image\"}}\n\n"
            + Answers.Event("image_edit.completed", Answers.Completed(second)) + "data: [DONE]\n\n");
        var random = new Random(5);
        for (var round = 0; round < 20; round++)
        {
            var most = 1 << random.Next(2, 16);
            var (answer, sink, _) = await Answers.ReadAsync(body, events: true, size: () => 1 + random.Next(most), partials: true);
            answer.Fault.ShouldBeNull();
            (answer.Images, answer.IsWhole).ShouldBe((2, true));
            sink.Images.ShouldBe([Final, second]);
            sink.Partials.Select(p => (p.Index, p.Number)).ShouldBe([(0, 0), (0, 1), (1, 0)]);
            sink.Partials.Select(p => p.Bytes).ShouldBe([coarse, Preview, coarse]);
        }
    }

    [Theory]
    [InlineData("{\"type\":\"image_edit.partial_image\",\"b64_json\":\"Q!JD\"}")]
    [InlineData("{\"type\":\"image_edit.partial_image\",\"b64_json\":\"QUJD\"")]
    [InlineData("{\"type\":\"image_edit.partial_image\",\"b64_json\":\"QUJD\",\"b64_json\":1}")]
    [InlineData("{\"type\":\"image_edit.partial_image\",\"b64_json\":\"\"}")]
    public async Task ReadAsync_PartialThatIsNone_IsDroppedAndTheFinalImageStays(string data)
    {
        var body = Encoding.UTF8.GetBytes(Answers.Event("image_edit.partial_image", data) + Answers.Event("image_edit.completed", Answers.Completed(Final)));
        foreach (var partials in (bool[])[true, false])
        {
            var (answer, sink, _) = await Answers.ReadAsync(body, events: true, size: () => 100, partials: partials);
            answer.Fault.ShouldBeNull();
            sink.Images.ShouldBe([Final]);
            sink.Partials.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task ReadAsync_PartialsKept_StoreFailsAsForAnImage()
    {
        await using var reader = new AnswerReader(new MemorySink { KeepsPartials = true, WriteFailure = new IOException("No space left on device") }, 1 << 20);
        var body = new MemoryStream(Encoding.UTF8.GetBytes(Answers.Event("image_edit.partial_image", Answers.Partial(Preview))));
        await reader.ReadAsync(body, true, TestContext.Current.CancellationToken);
        reader.Output.Failure.ShouldNotBeNull().Message.ShouldContain("No space left");
    }

    [Fact]
    public void ReadAsync_AnyEventsAndAnySplit_GivesTheCompletedImagesInOrder()
    {
        var property = Prop.ForAll<byte[], int, bool>((kinds, seed, done) =>
        {
            var random = new Random(seed);
            var (finals, partials, text) = (new List<byte[]>(), new List<byte[]>(), new StringBuilder());
            foreach (var kind in (kinds ?? []).Take(12)) text.Append(AnyEvent(kind % 5, random, finals, partials));
            if (done) text.Append("data: [DONE]\n\n");
            var end = ((string[])["\n", "\r\n", "\r"])[random.Next(3)];
            var body = Encoding.UTF8.GetBytes(text.ToString().Replace("\n", end, StringComparison.Ordinal));
            var most = 1 << random.Next(1, 14);
            var (answer, sink, _) = Answers.ReadAsync(body, events: true, size: () => 1 + random.Next(most), partials: true).GetAwaiter().GetResult();
            answer.Fault.ShouldBeNull();
            (answer.Images, answer.IsWhole).ShouldBe((finals.Count, finals.Count > 0));
            sink.Images.ShouldBe(finals);
            sink.Partials.Select(p => p.Bytes).ShouldBe(partials);
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), property);
    }

    private static string AnyEvent(int kind, Random random, List<byte[]> finals, List<byte[]> partials)
    {
        var image = Answers.Picture(100 + random.Next(2000), random.Next());
        if (kind == 0) return ": a comment\n\nretry: 10\nid: 3\n\n";
        if (kind == 1) return Answers.Event("image_edit.of_tomorrow", "{\"type\":\"image_edit.of_tomorrow\",\"b64_json\":\"QUJD\"}");
        if (kind == 2)
        {
            partials.Add(image);
            return Answers.Event("image_edit.partial_image", Answers.Partial(image));
        }

        finals.Add(image);
        return kind == 3 ? Answers.Event("image_edit.completed", Answers.Completed(image)) : $"data: {Answers.Completed(image)}\n\n";
    }
}
