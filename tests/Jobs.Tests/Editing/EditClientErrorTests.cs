using System.Text;
using Darkroom.Jobs.Editing;

namespace Darkroom.Jobs.Tests.Editing;

/// <summary>Answers that bring no image.</summary>
public sealed class EditClientErrorTests : EditClientTest
{
    [Fact]
    public async Task SendAsync_LargerThanAllowed_IsABadAnswer()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "application/json", Answers.Json(Answers.Picture(2_000_000))));
        var outcome = (await SendAsync(server, change: o => o.MaxAnswerBytes = EndpointOptionsValidator.LeastAnswerBytes)).ShouldBeOfType<EditOutcome.Unknown>();
        (outcome.Error.Class, outcome.Error.Code).ShouldBe((ErrorClasses.BadAnswer, "too_large"));
    }

    [Theory]
    [InlineData("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"image_generation_server_error\",\"code\":\"image_generation_failed\",\"message\":\"m\"}}\n\n", "ServerFailed", "image_generation_failed")]
    [InlineData("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"image_generation_user_error\",\"code\":\"moderation_blocked\",\"message\":\"m\"}}\n\n", "Rejected", "moderation_blocked")]
    [InlineData("data: [DONE]\n\n", "Unknown", "cut_short")]
    public async Task SendAsync_StreamWithoutImage_IsByItsErrorOrUnknown(string body, string outcome, string code)
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "text/event-stream", body));
        var result = await SendAsync(server);
        (result.GetType().Name, result.ErrorOrNull!.Code, result.HttpStatus, result.RequestId).ShouldBe((outcome, code, 200, "req_1"));
    }

    [Theory]
    [InlineData("application/json", "{\"created\":1,\"data\":[],\"usage\":{\"total_tokens\":5}}", "no_image")]
    [InlineData("application/json", "{\"data\":[{\"b64_json\":\"????\"}]}", "broken_base64")]
    [InlineData("text/html", "<html><body>Welcome</body></html>", "not_json")]
    public async Task SendAsync_WholeAnswerWithoutAUsableImage_IsUnknownOfClassBadAnswer(string type, string body, string code)
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", type, body));
        var outcome = (await SendAsync(server)).ShouldBeOfType<EditOutcome.Unknown>();
        (outcome.Error.Class, outcome.Error.Code).ShouldBe((ErrorClasses.BadAnswer, code));
    }

    [Fact]
    public async Task SendAsync_TextOfA429_IsThrottledWithLimits()
    {
        const string Message = "Rate limit reached for gpt-image-2 (for limit gpt-image) in organization org-1 on input-images per min: Limit 5, Used 5, Requested 1. Please try again in 12s.";
        await using var server = new ScriptedServer(ScriptedServer.Answer("429 Too Many Requests", "application/json", $$"""{"error":{"message":"{{Message}}","type":"input-images","param":null,"code":"rate_limit_exceeded"} }"""));
        var outcome = (await SendAsync(server)).ShouldBeOfType<EditOutcome.Throttled>();
        (outcome.RetryAfter, outcome.Error.Message, outcome.HttpStatus, outcome.RequestId).ShouldBe((TimeSpan.FromSeconds(12), Message, 429, "req_1"));
        outcome.Limits!.Scope.ShouldBe("gpt-image");
        outcome.Limits.Dimensions["input-images"].Limit.ShouldBe(5);
    }

    [Fact]
    public async Task SendAsync_Moderation_KeepsTheDetails()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("400 Bad Request", "application/json",
            """{"error":{"message":"no","type":"image_generation_user_error","code":"moderation_blocked","moderation_details":{"moderation_stage":"input","categories":["violence"]}}}"""));
        var error = (await SendAsync(server)).ShouldBeOfType<EditOutcome.Rejected>().Error;
        (error.Class, error.DetailsJson).ShouldBe((ErrorClasses.Moderation, """{"moderation_stage":"input","categories":["violence"]}"""));
    }

    [Theory]
    [InlineData("502 Bad Gateway", "text/html", "<html>Bad sk-abcdef gateway</html>", "Unknown", "HTTP 502 Bad Gateway. The answer is no JSON and begins: <html>Bad sk-*** gateway</html>")]
    [InlineData("503 Service Unavailable", "text/plain", "", "Unknown", "HTTP 503 Service Unavailable.")]
    [InlineData("502 Bad Gateway", "application/json", "{\"message\":\"An invalid response was received from the upstream server\"}", "Unknown", "An invalid response was received from the upstream server")]
    [InlineData("502 Bad Gateway", "application/problem+json", "{\"title\":\"Bad Gateway\",\"status\":502,\"detail\":\"The origin answered wrongly.\"}", "Unknown", "Bad Gateway: The origin answered wrongly.")]
    [InlineData("500 Oops", "application/json", "{\"status\":\"failed\"}", "Unknown", "HTTP 500 Oops. The answer has no message: {\"status\":\"failed\"}")]
    [InlineData("500 Oops", "application/json", "{\"detail\":\"CUDA out of memory\"}", "ServerFailed", "CUDA out of memory")]
    [InlineData("500 Oops", "application/json", "{\"object\":\"error\",\"message\":\"m\",\"type\":\"InternalServerError\",\"code\":500}", "ServerFailed", "m")]
    [InlineData("504 Gateway Timeout", "application/json", "{\"error\":{\"message\":\"upstream timed out\"}}", "Unknown", "upstream timed out")]
    [InlineData("200 OK", "application/json", "{\"code\":200,\"message\":\"success\",\"data\":[]}", "Unknown", "success")]
    [InlineData("200 OK", "text/event-stream", "event: error\ndata: upstream timed out\n\n", "Unknown", "upstream timed out")]
    [InlineData("200 OK", "text/event-stream", "event: error\ndata: {\"detail\":\"no memory\"}\n\n", "ServerFailed", "no memory")]
    [InlineData("400 Bad Request", "application/json", "{\"error\":\"plain\"}", "Rejected", "plain")]
    [InlineData("400 Bad Request", "application/json", "{\"detail\":\"fast\"}", "Rejected", "fast")]
    [InlineData("400 Bad Request", "application/json", "[]", "Rejected", "HTTP 400 Bad Request. The answer is no JSON and begins: []")]
    [InlineData("401 Unauthorized", "application/json", "{\"error\":{\"message\":\"Incorrect API key provided: sk-test-key.\"}}", "Halted", "Incorrect API key provided: ***.")]
    public async Task SendAsync_ErrorOfAnyShape_IsByItsStatus(string status, string type, string body, string outcome, string message)
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer(status, type, body));
        var result = await SendAsync(server);
        (result.GetType().Name, result.ErrorOrNull!.Message).ShouldBe((outcome, message));
    }

    [Fact]
    public async Task SendAsync_ErrorBodyCut_IsUnknown()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("500 Oops", "Content-Length: 1000\r\n", "{\"error\":"u8.ToArray()));
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.Unknown>().Error.Message.ShouldContain("The body broke off");
    }

    [Theory]
    [InlineData("A text, not an image.", "not_an_image", "is a text")]
    [InlineData("<!DOCTYPE html><html><body>Sorry</body></html>", "not_an_image", "is an HTML page, such as a login or an error page")]
    [InlineData("<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "not_an_image", "is an SVG drawing")]
    [InlineData("{\"error\":\"blocked\"}", "not_an_image", "is a JSON text, perhaps a server's error message")]
    [InlineData("GIF", "not_an_image", "is a text")]
    [InlineData("GIF89a\u0001\0\u0001\0\0\0\0;", "broken_image", "is a GIF header without a picture behind it")]
    public async Task SendAsync_WhatIsNoImage_IsUnknownAndSaysWhatItIs(string content, string code, string says)
    {
        var bytes = Encoding.Latin1.GetBytes(content);
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "application/json", Answers.Json(Answers.Picture(100), bytes)));
        var outcome = (await SendAsync(server)).ShouldBeOfType<EditOutcome.Unknown>();
        (outcome.Error.Class, outcome.Error.Code, outcome.LeavesBytes, outcome.HttpStatus).ShouldBe((ErrorClasses.BadAnswer, code, true, 200));
        outcome.Error.Message.ShouldStartWith($"Image 2 of the answer {says}, {bytes.Length} bytes.");
        Sink.Images.ShouldBe([Answers.Picture(100), bytes]);
    }

    [Fact]
    public async Task SendAsync_StreamWhoseImageBreaksOff_IsUnknownThoughTheConnectionBreaksToo()
    {
        var body = Answers.Event("image_edit.completed", Answers.Completed(Picture[..^8]));
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "Content-Type: text/event-stream\r\nContent-Length: 99999999\r\n", Encoding.UTF8.GetBytes(body)));
        var outcome = (await SendAsync(server)).ShouldBeOfType<EditOutcome.Unknown>();
        (outcome.Error.Code, outcome.LeavesBytes).ShouldBe(("broken_image", true));
    }

    [Fact]
    public async Task SendAsync_Redirect_IsRefusedAndNotFollowed()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("307 Temporary Redirect", "Location: /elsewhere\r\nContent-Length: 0\r\n", []), ScriptedServer.Answer("200 OK", "application/json", "{}"));
        var outcome = (await SendAsync(server)).ShouldBeOfType<EditOutcome.Halted>();
        (outcome.Reason, outcome.Error.Code).ShouldBe((HaltReasons.EndpointWrong, "redirect_refused"));
        server.Heads.Count.ShouldBe(1);
    }

    [Fact]
    public async Task SendAsync_WrongRoute_SaysWhatWasCalled()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("404 Not Found", "application/json", """{"detail":"Not Found"}"""));
        var outcome = (await SendAsync(server)).ShouldBeOfType<EditOutcome.Halted>();
        outcome.Error.Message.ShouldBe($"POST {server.Address.TrimEnd('/')}/images/edits answered 404: Not Found");
    }

    [Theory]
    [InlineData("200 OK", "application/json", "{\"note\":\"", ErrorClasses.BadAnswer)]
    [InlineData("200 OK", "text/html", "<html>", ErrorClasses.BadAnswer)]
    [InlineData("200 OK", "text/event-stream", "event: image_edit.completed\ndata: {\"x\":\"", ErrorClasses.BadAnswer)]
    [InlineData("400 Bad Request", "application/json", "{\"error\":{\"message\":\"", ErrorClasses.InvalidRequest)]
    [InlineData("502 Bad Gateway", "text/html", "<html>", ErrorClasses.UnknownOutcome)]
    public async Task SendAsync_HundredMegabytesOfNoImage_IsAnErrorAndReadOnlyInPart(string status, string type, string start, string errorClass)
    {
        const int Megabytes = 100;
        var sent = 0;
        await using var server = new ScriptedServer(async (stream, _) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nConnection: close\r\n\r\n{start}"));
            var piece = Encoding.ASCII.GetBytes(new string('x', 1024 * 1024));
            for (; sent < Megabytes; sent++) await stream.WriteAsync(piece);
        });
        var outcome = await SendAsync(server);
        outcome.ErrorOrNull!.Class.ShouldBe(errorClass);
        outcome.ErrorOrNull.Message.Length.ShouldBeLessThanOrEqualTo(SecretScrubber.MaxLength);
        sent.ShouldBeLessThan(Megabytes);
    }
}
