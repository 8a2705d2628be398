using System.Text;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Jobs.Tests.Editing;

/// <summary>A store that refuses, in the midst of whichever kind of answer.</summary>
public sealed class EditClientStoreTests : EditClientTest
{
    private const string Stream = "text/event-stream";
    private static readonly string Completed = Answers.Event("image_edit.completed", Answers.Completed(Picture));
    private static readonly string UsageOfTwo = UsageSum.Add(Answers.Usage, Answers.Usage)!;
    private static readonly EditRequest OfTwo = Request with { Options = EditOptions.Parse("""{"n":2}""") };

    [Fact]
    public async Task SendAsync_StoreRefuses_IsAnException()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "application/json", Answers.Json(Picture)));
        await Should.ThrowAsync<ImageStoreException>(() => SendAsync(server, sink: new MemorySink { OpenFailure = new ImageStoreException("full") }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SendAsync_StoreRefusesInTheMidstOfTheAnswer_SaysWhatWasPaidForAllTheSame(bool wrapped)
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "application/json", Answers.Json(Picture, Picture)));
        var sink = new MemorySink { WriteFailure = wrapped ? new IOException("disk full") : new ImageStoreException("disk full") };

        var refused = await Should.ThrowAsync<ImageStoreException>(() => SendAsync(server, sink: sink));

        refused.Message.ShouldEndWith("disk full");
        var answer = refused.Answer.ShouldNotBeNull();
        (answer.Images, answer.HttpStatus).ShouldBe((2, 200));
        answer.UsageJson.ShouldBe(Answers.Usage);
        sink.Opened.ShouldBe([0], "nothing more is written after the refusal");
    }

    [Fact]
    public async Task SendAsync_StoreRefusesAndThenTheAnswerBreaksOff_IsTheStoresRefusalWithoutAPrice()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "application/json", Answers.Json(Picture)[..^40]));
        (await Should.ThrowAsync<ImageStoreException>(() => SendAsync(server, sink: new MemorySink { WriteFailure = new IOException("disk full") }))).Answer.ShouldBeNull();
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(0, true)]
    public async Task SendAsync_StreamAndTheStoreRefuses_SaysWhatWasPaidFor(int takesBefore, bool keepsPartials)
    {
        var body = Answers.Event("image_edit.partial_image", Answers.Partial(Answers.Picture(5000))) + Completed + Completed + "data: [DONE]\n\n";
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", Stream, body));
        var sink = new MemorySink { WriteFailure = new IOException("disk full"), TakesBefore = takesBefore, KeepsPartials = keepsPartials };

        var refused = await Should.ThrowAsync<ImageStoreException>(() => SendAsync(server, OfTwo, sink));

        refused.Message.ShouldEndWith("disk full");
        var answer = refused.Answer.ShouldNotBeNull();
        (answer.Images, answer.UsageJson, answer.RequestId).ShouldBe((2, UsageOfTwo, "req_1"));
        sink.Opened.Count.ShouldBe(keepsPartials ? 0 : takesBefore + 1, "nothing more is written after the refusal");
    }

    [Fact]
    public async Task SendAsync_StreamWhoseKindIsToldAtTheEndAndTheStoreRefuses_SaysWhatWasPaidFor()
    {
        var body = $"data: {{\"b64_json\":\"{Convert.ToBase64String(Picture)}\",\"type\":\"image_edit.completed\",\"usage\":{Answers.Usage}}}\n\n";
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", Stream, body));

        var refused = await Should.ThrowAsync<ImageStoreException>(() => SendAsync(server, sink: new MemorySink { OpenFailure = new ImageStoreException("access refused (403 X).") }));

        (refused.Answer!.Images, refused.Answer.UsageJson).ShouldBe((1, Answers.Usage));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SendAsync_StoreRefusesAndThenTheStreamBreaksOff_IsTheStoresRefusalAndPricedOnlyWhenWhole(bool isWhole)
    {
        var body = Completed + (isWhole ? Completed : Completed[..1000]);
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", $"Content-Type: {Stream}\r\nContent-Length: 99999999\r\n", Encoding.UTF8.GetBytes(body)));

        var refused = await Should.ThrowAsync<ImageStoreException>(() => SendAsync(server, OfTwo, new MemorySink { WriteFailure = new IOException("disk full") }));

        // Of an answer that broke off before its last image nobody knows what it came to.
        (refused.Answer?.UsageJson).ShouldBe(isWhole ? UsageOfTwo : null);
    }

    [Fact]
    public async Task SendAsync_ImagesByAddressAndTheStoreRefuses_AsksForNoMoreAndSaysWhatWasPaidFor()
    {
        var address = "";
        await using var server = new ScriptedServer(
            (stream, socket) => ScriptedServer.Answer("200 OK", "application/json", $$"""{"data":[{"url":"{{address}}img/1"},{"url":"{{address}}img/2"}],"usage":{{Answers.Usage}}}""")(stream, socket),
            ScriptedServer.Answer("200 OK", $"Content-Length: {Picture.Length}\r\nConnection: close\r\n", Picture),
            ScriptedServer.Answer("410 Gone", "text/plain", "gone"));
        address = server.Address;
        var sink = new MemorySink { WriteFailure = new IOException("disk full") };

        // That the second is gone would be an outcome of its own, and be called again; the store's refusal halts.
        var refused = await Should.ThrowAsync<ImageStoreException>(() => SendAsync(server, OfTwo, sink));

        (refused.Answer!.Images, refused.Answer.UsageJson).ShouldBe((2, Answers.Usage));
        server.Heads.Count.ShouldBe(2);
        sink.Opened.ShouldBe([0]);
    }

    [Fact]
    public async Task SendAsync_OneImageInlineAndOneByAddressAndTheStoreRefusesTheSecond_CountsBoth()
    {
        var address = "";
        await using var server = new ScriptedServer(
            (stream, socket) => ScriptedServer.Answer("200 OK", "application/json", $$"""{"data":[{"b64_json":"{{Convert.ToBase64String(Picture)}}"},{"url":"{{address}}img/2"}]}""")(stream, socket),
            ScriptedServer.Answer("200 OK", $"Content-Length: {Picture.Length}\r\nConnection: close\r\n", Picture));
        address = server.Address;

        var refused = await Should.ThrowAsync<ImageStoreException>(() => SendAsync(server, OfTwo, new MemorySink { WriteFailure = new IOException("disk full"), TakesBefore = 1 }));

        refused.Answer!.Images.ShouldBe(2);
    }
}
