using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Outputs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace Darkroom.Jobs.Tests.Editing;

public sealed class EditClientTests : IDisposable
{
    private static readonly byte[] Picture =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 1, 0, 0, 0, 1, 0, 8, 6, 0, 0, 0, .. Answers.Picture(400_000)];
    private static readonly EditRequest Request = new(new EditInput([ImageReference.Url("https://x.test/a.png")], null), "p", EditOptions.None);
    private readonly SocketsHttpHandler _handler = EndpointHandler.Create();
    private readonly FakeTimeProvider _time = new();
    private readonly MemorySink _sink = new();

    public void Dispose() => _handler.Dispose();

    [Fact]
    public void Create_Handler_RefusesRedirectsAndDecompresses()
    {
        (_handler.AllowAutoRedirect, _handler.UseCookies, _handler.MaxConnectionsPerServer).ShouldBe((false, false, int.MaxValue));
        _handler.AutomaticDecompression.ShouldBe(System.Net.DecompressionMethods.GZip | System.Net.DecompressionMethods.Deflate | System.Net.DecompressionMethods.Brotli);
    }

    [Fact]
    public async Task SendAsync_Json_PutsImagesIntoTheSinkAndTellsUsageIdAndLimits()
    {
        var body = Encoding.UTF8.GetBytes(Answers.Json(Picture));
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\nx-request-id: req_9\r\nx-ratelimit-remaining-requests: 4\r\n", body));
        var outcome = (await SendAsync(server)).ShouldBeOfType<EditOutcome.Succeeded>();
        (outcome.Images, outcome.UsageJson, outcome.HttpStatus, outcome.RequestId).ShouldBe((1, Answers.Usage, 200, "req_9"));
        outcome.Limits!.Dimensions["requests"].Remaining.ShouldBe(4);
        _sink.Images.ShouldBe([Picture]);
        server.Heads[0].ShouldStartWith("POST /v1/images/edits HTTP/1.1\r\n");
        server.Heads[0].ShouldContain("Authorization: Bearer sk-test-key");
        server.Heads[0].ShouldContain("Content-Type: application/json");
        server.Bodies[0].ShouldBe("""{"images":[{"image_url":"https://x.test/a.png"}],"prompt":"p","model":"gpt-image-2"}""");
    }

    [Fact]
    public async Task SendAsync_OtherKeyHeader_SendsTheKeyBare()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "application/json", Answers.Json(Picture)));
        await SendAsync(server, change: o => o.ApiKeyHeader = "api-key");
        server.Heads[0].ShouldContain("api-key: sk-test-key");
        server.Heads[0].ShouldNotContain("Authorization");
    }

    [Fact]
    public async Task SendAsync_ChunkedAndCutAnywhere_IsRead()
    {
        var body = Encoding.UTF8.GetBytes(Answers.Json(Answers.Picture(3000), Answers.Picture(10, 5)));
        await using var server = new ScriptedServer(async (stream, socket) =>
        {
            socket.NoDelay = true;
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray());
            var random = new Random(4);
            for (var at = 0; at < body.Length;)
            {
                var length = Math.Min(body.Length - at, 1 + random.Next(50));
                await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes($"{length:x}\r\n"), .. body.AsSpan(at, length), .. "\r\n"u8]);
                at += length;
            }

            await stream.WriteAsync("0\r\n\r\n"u8.ToArray());
        });
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.Succeeded>().Images.ShouldBe(2);
        _sink.Images.ShouldBe([Answers.Picture(3000), Answers.Picture(10, 5)]);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task SendAsync_Compressed_IsRead(string encoding)
    {
        var packed = Pack(Encoding.UTF8.GetBytes(Answers.Json(Picture)), encoding);
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", $"Content-Type: application/json\r\nContent-Encoding: {encoding}\r\nContent-Length: {packed.Length}\r\n", packed));
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.Succeeded>();
        _sink.Images.ShouldBe([Picture]);
    }

    [Fact]
    public async Task SendAsync_CompressedAndCut_IsUnknown()
    {
        var packed = Pack(Encoding.UTF8.GetBytes(Answers.Json(Picture)), "gzip")[..50_000];
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "Content-Type: application/json\r\nContent-Encoding: gzip\r\nConnection: close\r\n", packed));
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.Unknown>().Error.Class.ShouldBe(ErrorClasses.UnknownOutcome);
    }

    [Fact]
    public async Task SendAsync_LargerThanAllowed_IsABadAnswer()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "application/json", Answers.Json(Answers.Picture(2_000_000))));
        var outcome = (await SendAsync(server, change: o => o.MaxAnswerBytes = EndpointOptionsValidator.LeastAnswerBytes)).ShouldBeOfType<EditOutcome.Unknown>();
        (outcome.Error.Class, outcome.Error.Code).ShouldBe((ErrorClasses.BadAnswer, "too_large"));
    }

    [Fact]
    public async Task SendAsync_Stream_KeepsTheFinalImage()
    {
        var body = Answers.Event("image_edit.partial_image", Answers.Partial(Answers.Picture(100))) + Answers.Event("image_edit.completed", Answers.Completed(Picture)) + "data: [DONE]\n\n";
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "text/event-stream; charset=utf-8", body));
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.Succeeded>().UsageJson.ShouldBe(Answers.Usage);
        _sink.Images.ShouldBe([Picture]);
    }

    [Fact]
    public async Task SendAsync_StreamThatBreaksBehindItsLastImage_Succeeded()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "Content-Type: text/event-stream\r\nContent-Length: 99999999\r\n", Encoding.UTF8.GetBytes(Answers.Event("image_edit.completed", Answers.Completed(Picture)))));
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.Succeeded>().Images.ShouldBe(1);
    }

    [Fact]
    public async Task SendAsync_StreamThatBreaksBeforeItsLastImage_IsUnknown()
    {
        var request = Request with { Options = EditOptions.Parse("""{"n":2,"stream":true}""") };
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "Content-Type: text/event-stream\r\nContent-Length: 99999999\r\n", Encoding.UTF8.GetBytes(Answers.Event("image_edit.completed", Answers.Completed(Picture)))));
        (await SendAsync(server, request)).ShouldBeOfType<EditOutcome.Unknown>().Error.Code.ShouldBe("response_ended");
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
    public async Task SendAsync_DeclaredLengthNotMet_IsUnknown()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "Content-Type: application/json\r\nContent-Length: 700000\r\n", Encoding.UTF8.GetBytes(Answers.Json(Picture))[..300_000]));
        var outcome = (await SendAsync(server)).ShouldBeOfType<EditOutcome.Unknown>();
        (outcome.Error.Class, outcome.Error.Code, outcome.HttpStatus).ShouldBe((ErrorClasses.UnknownOutcome, "response_ended", 200));
    }

    [Fact]
    public async Task SendAsync_ConnectionClosedInsideUndeclaredLength_IsUnknown()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "application/json", Answers.Json(Picture)[..300_000]));
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.Unknown>().Error.Code.ShouldBe("cut_short");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SendAsync_ResetAfterTheRequest_IsUnknown(bool afterHead)
    {
        await using var server = new ScriptedServer(async (stream, socket) =>
        {
            if (afterHead) await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"u8.ToArray());
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        });
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.Unknown>().Error.Class.ShouldBe(ErrorClasses.UnknownOutcome);
    }

    [Fact]
    public async Task SendAsync_NobodyListens_IsNotSent()
    {
        var server = new ScriptedServer();
        var address = server.Address;
        await server.DisposeAsync();
        var outcome = (await SendAsync(address)).ShouldBeOfType<EditOutcome.NotSent>();
        (outcome.Error.Class, outcome.Error.Code, outcome.HttpStatus).ShouldBe((ErrorClasses.NotSent, "connection_error", null));
    }

    [Fact]
    public async Task SendAsync_NoTlsAtTheOtherEnd_IsNotSent()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            using var socket = await listener.AcceptSocketAsync();
            await socket.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        });
        var outcome = (await SendAsync($"https://127.0.0.1:{((System.Net.IPEndPoint)listener.LocalEndpoint).Port}/v1")).ShouldBeOfType<EditOutcome.NotSent>();
        outcome.Error.Code.ShouldBe("secure_connection_error");
        await answering;
    }

    [Fact]
    public async Task SendAsync_OwnTimeout_IsUnknown()
    {
        var asked = new TaskCompletionSource();
        var hold = new TaskCompletionSource();
        await using var server = new ScriptedServer((_, _) =>
        {
            asked.SetResult();
            return hold.Task;
        });
        var call = SendAsync(server);
        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(599));
        call.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        (await call).ShouldBeOfType<EditOutcome.Unknown>().Error.Code.ShouldBe("timeout");
        hold.SetResult();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SendAsync_CanceledByTheCaller_IsRethrown(bool afterHead)
    {
        var asked = new TaskCompletionSource();
        var hold = new TaskCompletionSource();
        await using var server = new ScriptedServer(async (stream, _) =>
        {
            if (afterHead) await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"u8.ToArray());
            asked.SetResult();
            await hold.Task;
        });
        using var cancel = new CancellationTokenSource();
        var call = SendAsync(server.Address, cancellationToken: cancel.Token);
        await asked.Task;
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);
        hold.SetResult();
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
    [InlineData("502 Bad Gateway", "text/html", "<html>Bad sk-abcdef gateway</html>", "ServerFailed", "HTTP 502 Bad Gateway. The answer is no JSON and begins: <html>Bad sk-*** gateway</html>")]
    [InlineData("503 Service Unavailable", "text/plain", "", "ServerFailed", "HTTP 503 Service Unavailable.")]
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
    public async Task SendAsync_ErrorBodyCut_IsByItsStatus()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("500 Oops", "Content-Length: 1000\r\n", "{\"error\":"u8.ToArray()));
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.ServerFailed>().Error.Message.ShouldContain("The body broke off");
    }

    [Fact]
    public async Task SendAsync_Redirect_IsRefusedAndNotFollowed()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("307 Temporary Redirect", "Location: /elsewhere\r\nContent-Length: 0\r\n", []), ScriptedServer.Answer("200 OK", "application/json", "{}"));
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.Rejected>().Error.Code.ShouldBe("redirect_refused");
        server.Heads.Count.ShouldBe(1);
    }

    [Fact]
    public async Task SendAsync_ImagesByAddress_AreFetchedWithoutTheKey()
    {
        var address = "";
        await using var server = new ScriptedServer(
            (stream, socket) => ScriptedServer.Answer("200 OK", "application/json", $$"""{"data":[{"url":"{{address}}img/1"},{"b64_json":"QUJD"}]}""")(stream, socket),
            ScriptedServer.Answer("200 OK", $"Content-Length: {Picture.Length}\r\n", Picture));
        address = server.Address;
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.Succeeded>().Images.ShouldBe(2);
        _sink.Images.ShouldBe(["ABC"u8.ToArray(), Picture]);
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

    [Fact]
    public async Task SendAsync_PageInsteadOfTheImage_IsABadAnswer()
    {
        var address = "";
        await using var server = new ScriptedServer(
            (stream, socket) => ScriptedServer.Answer("200 OK", "application/json", $$"""{"data":[{"url":"{{address}}img/1"}]}""")(stream, socket),
            ScriptedServer.Answer("200 OK", "image/png", "<html>sign in</html>"));
        address = server.Address;
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.Unknown>().Error.Message.ShouldContain("is no PNG, JPEG or WebP image");
        _sink.Images.ShouldBeEmpty();
    }

    [Fact]
    public async Task SendAsync_ImageNotThereAnyMore_IsABadAnswer()
    {
        var address = "";
        await using var server = new ScriptedServer(
            (stream, socket) => ScriptedServer.Answer("200 OK", "application/json", $$"""{"data":[{"url":"{{address}}img/1"}]}""")(stream, socket),
            ScriptedServer.Answer("410 Gone", "text/plain", "gone"));
        address = server.Address;
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.Unknown>().Error.Message.ShouldContain("HTTP 410");
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
            _time.Advance(ImageDownload.Pause);
            await Task.WhenAny(sending, Task.Delay(TimeSpan.FromMilliseconds(20)));
        }

        (await sending).ShouldBeOfType<EditOutcome.Succeeded>().Images.ShouldBe(1);
        _sink.Images.ShouldBe([Picture]);
        server.Heads.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    public async Task SendAsync_FewerOrMoreImagesThanAsked_IsASuccessWithThatMany(int asked, int came)
    {
        await using var server = new ScriptedServer(
            ScriptedServer.Answer("200 OK", "application/json", Answers.Json([.. Enumerable.Range(0, came).Select(i => Answers.Picture(100, i))])));
        var outcome = await SendAsync(server, Request with { Options = EditOptions.Parse($"{{\"n\":{asked}}}") });
        outcome.ShouldBeOfType<EditOutcome.Succeeded>().Images.ShouldBe(came);
        _sink.Images.Count.ShouldBe(came);
    }

    [Theory]
    [InlineData("200 OK", "application/json", "{\"note\":\"", ErrorClasses.BadAnswer)]
    [InlineData("200 OK", "text/html", "<html>", ErrorClasses.BadAnswer)]
    [InlineData("200 OK", "text/event-stream", "event: image_edit.completed\ndata: {\"x\":\"", ErrorClasses.BadAnswer)]
    [InlineData("400 Bad Request", "application/json", "{\"error\":{\"message\":\"", ErrorClasses.InvalidRequest)]
    [InlineData("502 Bad Gateway", "text/html", "<html>", ErrorClasses.Server)]
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

    [Fact]
    public async Task SendAsync_NoTokenToBeHad_IsNotSent()
    {
        var credential = Substitute.For<IEndpointCredential>();
        credential.GetHeaderAsync(default).ReturnsForAnyArgs<ValueTask<EndpointHeader?>>(_ => throw new EndpointCredentialException("no account", new InvalidOperationException()));
        using var http = new HttpClient(_handler, disposeHandler: false);
        var client = new EditClient(http, Options.Create(new EndpointOptions { BaseUrl = "http://127.0.0.1:1/v1" }), _time, NullLogger<EditClient>.Instance, credential);
        var outcome = await client.SendAsync(Request, _sink, TestContext.Current.CancellationToken);
        (outcome.ShouldBeOfType<EditOutcome.NotSent>().Error.Code, outcome.ErrorOrNull!.Message).ShouldBe(("no_token", "no account"));
    }

    [Fact]
    public async Task SendAsync_MissingLocalSource_IsRejectedBeforeAnythingIsSent()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "application/json", "{}"));
        var outcome = await SendAsync(server, Request with { Input = new EditInput([ImageReference.Local("/nowhere/a.png")], null) });
        outcome.ShouldBeOfType<EditOutcome.Rejected>().Error.Class.ShouldBe(ErrorClasses.Source);
        server.Heads.ShouldBeEmpty();
    }

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

    private static byte[] Pack(byte[] bytes, string encoding)
    {
        var packed = new MemoryStream();
        using (Stream packer = encoding == "gzip" ? new GZipStream(packed, CompressionLevel.Fastest) : new BrotliStream(packed, CompressionLevel.Fastest)) packer.Write(bytes);
        return packed.ToArray();
    }

    private Task<EditOutcome> SendAsync(ScriptedServer server, EditRequest? request = null, MemorySink? sink = null, Action<EndpointOptions>? change = null) =>
        SendAsync(server.Address, request, sink, change, TestContext.Current.CancellationToken);

    private async Task<EditOutcome> SendAsync(
        string address, EditRequest? request = null, MemorySink? sink = null, Action<EndpointOptions>? change = null, CancellationToken cancellationToken = default)
    {
        var options = new EndpointOptions { BaseUrl = address, ApiKey = "sk-test-key" };
        change?.Invoke(options);
        using var http = new HttpClient(_handler, disposeHandler: false);
        return await new EditClient(http, Options.Create(options), _time, NullLogger<EditClient>.Instance).SendAsync(request ?? Request, sink ?? _sink, cancellationToken);
    }
}
