using System.Net.Sockets;
using System.Text;
using Darkroom.Jobs.Editing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Tests.Editing;

/// <summary>Connections that can't be had, break off, or outlast patience: what is known of the call then.</summary>
public sealed class EditClientBreakTests : EditClientTest
{
    [Fact]
    public async Task SendAsync_CompressedAndCut_IsUnknown()
    {
        var packed = Pack(Encoding.UTF8.GetBytes(Answers.Json(Picture)), "gzip")[..50_000];
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "Content-Type: application/json\r\nContent-Encoding: gzip\r\nConnection: close\r\n", packed));
        (await SendAsync(server)).ShouldBeOfType<EditOutcome.Unknown>().Error.Class.ShouldBe(ErrorClasses.UnknownOutcome);
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
    public async Task SendAsync_ResetInTheInstantThatItConnects_IsNotSent()
    {
        // As HttpClient tells it: not wrapped, unlike all others.
        using var http = new HttpClient(new Bare(), disposeHandler: true);
        var client = new EditClient(http, Options.Create(new EndpointOptions { BaseUrl = "http://127.0.0.1:1/v1", ApiKey = "sk-test-key" }), Time, NullLogger<EditClient>.Instance);
        var outcome = (await client.SendAsync(Request, Sink, TestContext.Current.CancellationToken)).ShouldBeOfType<EditOutcome.NotSent>();
        (outcome.Error.Class, outcome.Error.Code, outcome.HttpStatus).ShouldBe((ErrorClasses.NotSent, "connection_lost", null));
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
        Time.Advance(TimeSpan.FromSeconds(599));
        call.IsCompleted.ShouldBeFalse();
        Time.Advance(TimeSpan.FromSeconds(1));
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

    private sealed class Bare : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromException<HttpResponseMessage>(new SocketException((int)SocketError.NotConnected));
    }
}
