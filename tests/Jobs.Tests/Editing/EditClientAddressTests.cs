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
            (stream, socket) => ScriptedServer.Answer("200 OK", "application/json", $$"""{"data":[{"url":"{{address}}img/1"},{"b64_json":"{{Convert.ToBase64String(Answers.Picture(100))}}"}]}""")(stream, socket),
            ScriptedServer.Answer("200 OK", $"Content-Length: {Picture.Length}\r\n", Picture));
        address = server.Address;
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.Succeeded>().Images.ShouldBe(2);
        Sink.Images.ShouldBe([Answers.Picture(100), Picture]);
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
    [InlineData("200 OK", "image/png", "<html>sign in</html>", "not_an_image", "is an HTML page, such as a login or an error page, 20 bytes. It begins: <html>sign in</html>")]
    [InlineData("410 Gone", "text/plain", "gone", "image_not_fetched", "HTTP 410")]
    public async Task SendAsync_NoImageAtItsAddress_IsABadAnswer(string status, string type, string body, string code, string says)
    {
        var address = "";
        await using var server = new ScriptedServer(
            (stream, socket) => ScriptedServer.Answer("200 OK", "application/json", $$"""{"data":[{"url":"{{address}}img/1"}]}""")(stream, socket),
            ScriptedServer.Answer(status, type, body));
        address = server.Address;
        var outcome = (await SendAsync(server)).ShouldBeOfType<EditOutcome.Unknown>();
        (outcome.Error.Class, outcome.Error.Code).ShouldBe((ErrorClasses.BadAnswer, code));
        outcome.Error.Message.ShouldContain(says);
        // What came is paid for, and worth a look.
        outcome.LeavesBytes.ShouldBe(status == "200 OK");
        Sink.Images.Count.ShouldBe(status == "200 OK" ? 1 : 0);
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

    [Fact]
    public async Task SendAsync_ImageThatAlwaysEndsEarlyWithoutSayingSo_IsAskedForAgainAndThenKeptForALook()
    {
        var address = "";
        var cut = ScriptedServer.Answer("200 OK", "Connection: close\r\n", Picture[..1000]);
        await using var server = new ScriptedServer(
            (stream, socket) => ScriptedServer.Answer("200 OK", "application/json", $$"""{"data":[{"url":"{{address}}img/1"}]}""")(stream, socket), cut, cut, cut);
        address = server.Address;
        var sending = SendAsync(server);
        while (!sending.IsCompleted)
        {
            Time.Advance(ImageDownload.Pause);
            await Task.WhenAny(sending, Task.Delay(TimeSpan.FromMilliseconds(20)));
        }

        var outcome = (await sending).ShouldBeOfType<EditOutcome.Unknown>();
        (outcome.Error.Code, outcome.Error.Message, outcome.LeavesBytes).ShouldBe(("broken_image", "Image 1 of the answer is a PNG image that breaks off, 1000 bytes.", true));
        Sink.Images.ShouldBe([Picture[..1000]]);
        server.Heads.Count.ShouldBe(4);
    }
}
