using System.Text;
using Darkroom.Jobs.Editing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NSubstitute;

namespace Darkroom.Jobs.Tests.Editing;

public sealed class EditClientTests : EditClientTest
{
    [Fact]
    public void Create_Handler_RefusesRedirectsAndDecompresses()
    {
        (Handler.AllowAutoRedirect, Handler.UseCookies, Handler.MaxConnectionsPerServer).ShouldBe((false, false, int.MaxValue));
        Handler.AutomaticDecompression.ShouldBe(System.Net.DecompressionMethods.GZip | System.Net.DecompressionMethods.Deflate | System.Net.DecompressionMethods.Brotli);
    }

    [Fact]
    public async Task SendAsync_Json_PutsImagesIntoTheSinkAndTellsUsageIdAndLimits()
    {
        var body = Encoding.UTF8.GetBytes(Answers.Json(Picture));
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\nx-request-id: req_9\r\nx-ratelimit-remaining-requests: 4\r\n", body));
        var outcome = (await SendAsync(server)).ShouldBeOfType<EditOutcome.Succeeded>();
        (outcome.Images, outcome.UsageJson, outcome.HttpStatus, outcome.RequestId).ShouldBe((1, Answers.Usage, 200, "req_9"));
        outcome.Limits!.Dimensions["requests"].Remaining.ShouldBe(4);
        Sink.Images.ShouldBe([Picture]);
        server.Heads[0].ShouldStartWith("POST /v1/images/edits HTTP/1.1\r\n");
        server.Heads[0].ShouldContain("Authorization: Bearer sk-test-key");
        server.Heads[0].ShouldContain("Content-Type: application/json");
        server.Heads[0].ShouldContain("User-Agent: darkroom/");
        server.Heads[0].ShouldContain("Accept: application/json, text/event-stream");
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
        var body = Encoding.UTF8.GetBytes(Answers.Json(Answers.Picture(3000), Answers.Picture(100, 5)));
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
        Sink.Images.ShouldBe([Answers.Picture(3000), Answers.Picture(100, 5)]);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task SendAsync_Compressed_IsRead(string encoding)
    {
        var packed = Pack(Encoding.UTF8.GetBytes(Answers.Json(Picture)), encoding);
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", $"Content-Type: application/json\r\nContent-Encoding: {encoding}\r\nContent-Length: {packed.Length}\r\n", packed));
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.Succeeded>();
        Sink.Images.ShouldBe([Picture]);
    }

    [Fact]
    public async Task SendAsync_Stream_KeepsTheFinalImage()
    {
        var body = Answers.Event("image_edit.partial_image", Answers.Partial(Answers.Picture(100))) + Answers.Event("image_edit.completed", Answers.Completed(Picture)) + "data: [DONE]\n\n";
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "text/event-stream; charset=utf-8", body));
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.Succeeded>().UsageJson.ShouldBe(Answers.Usage);
        Sink.Images.ShouldBe([Picture]);
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
        Sink.Images.Count.ShouldBe(came);
    }

    [Fact]
    public async Task SendAsync_NoTokenToBeHad_IsNotSent()
    {
        var credential = Substitute.For<IEndpointCredential>();
        credential.GetHeaderAsync(default).ReturnsForAnyArgs<ValueTask<EndpointHeader?>>(_ => throw new EndpointCredentialException("no account", new InvalidOperationException()));
        using var http = new HttpClient(Handler, disposeHandler: false);
        var client = new EditClient(http, Options.Create(new EndpointOptions { BaseUrl = "http://127.0.0.1:1/v1" }), Time, NullLogger<EditClient>.Instance, credential);
        var outcome = await client.SendAsync(Request, Sink, TestContext.Current.CancellationToken);
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
}
