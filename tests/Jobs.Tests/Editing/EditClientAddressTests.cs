using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Tests.Editing;

/// <summary>Answers that name their images by address.</summary>
public sealed class EditClientAddressTests : EditClientTest
{
    [Fact]
    public async Task SendAsync_ImagesByAddress_AreFetchedWithoutTheKey()
    {
        var address = "";
        await using var server = new ScriptedServer(
            (stream, socket) => ScriptedServer.Answer("200 OK", "application/json", $$"""{"data":[{"url":"{{address}}img/1"},{"b64_json":"QUJD"}]}""")(stream, socket),
            ScriptedServer.Answer("200 OK", $"Content-Length: {Picture.Length}\r\n", Picture));
        address = server.Address;
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.Succeeded>().Images.ShouldBe(2);
        Sink.Images.ShouldBe(["ABC"u8.ToArray(), Picture]);
        server.Heads[1].ShouldStartWith("GET /v1/img/1 ");
        server.Heads[1].ShouldNotContain("Authorization");
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("nonsense")]
    public async Task SendAsync_ImageByAnotherKindOfAddress_IsABadAnswer(string url)
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "application/json", $$"""{"data":[{"url":"{{url}}"}]}"""));
        var outcome = (await SendAsync(server)).ShouldBeOfType<EditOutcome.Unknown>();
        (outcome.Error.Class, outcome.Error.Code).ShouldBe((ErrorClasses.BadAnswer, "image_not_fetched"));
    }

    [Fact]
    public async Task SendAsync_ImageByAnAddressOfAnotherServerInside_IsRefusedAndNotAskedFor()
    {
        await using var inside = new ScriptedServer(ScriptedServer.Answer("200 OK", $"Content-Length: {Picture.Length}\r\n", Picture));
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "application/json", $$"""{"data":[{"url":"{{inside.Address}}img/1"}]}"""));
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.Unknown>().Error.Message.ShouldContain("loopback");
        inside.Heads.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("200 OK", "image/png", "<html>sign in</html>", "is an HTML page, such as a login or an error page, not a PNG, JPEG or WebP image")]
    [InlineData("410 Gone", "text/plain", "gone", "HTTP 410")]
    public async Task SendAsync_NoImageAtItsAddress_IsABadAnswer(string status, string type, string body, string says)
    {
        var address = "";
        await using var server = new ScriptedServer(
            (stream, socket) => ScriptedServer.Answer("200 OK", "application/json", $$"""{"data":[{"url":"{{address}}img/1"}]}""")(stream, socket),
            ScriptedServer.Answer(status, type, body));
        address = server.Address;
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.Unknown>().Error.Message.ShouldContain(says);
        Sink.Images.ShouldBeEmpty();
    }

    [Fact]
    public async Task SendAsync_ImageThatFailsToCome_IsAskedForAgainAndLeavesNoTrace()
    {
        var address = "";
        await using var server = new ScriptedServer(
            (stream, socket) => ScriptedServer.Answer("200 OK", "application/json", $$"""{"data":[{"url":"{{address}}img/1"}]}""")(stream, socket),
            ScriptedServer.Answer("503 Busy", "text/plain", "busy"),
            ScriptedServer.Answer("200 OK", $"Content-Length: {Picture.Length}\r\nConnection: close\r\n", Picture[..1000]),
            ScriptedServer.Answer("200 OK", $"Content-Length: {Picture.Length}\r\n", Picture));
        address = server.Address;
        var sending = SendAsync(server);
        while (!sending.IsCompleted)
        {
            // Real time for what is real here, so that the pauses pass and the call's own timeout doesn't.
            Time.Advance(ImageDownload.Pause);
            await Task.WhenAny(sending, Task.Delay(TimeSpan.FromMilliseconds(20)));
        }

        (await sending).ShouldBeOfType<EditOutcome.Succeeded>().Images.ShouldBe(1);
        Sink.Images.ShouldBe([Picture]);
        server.Heads.Count.ShouldBe(4);
    }
}
