using System.Net.Sockets;
using Darkroom.Worker.Client;

namespace Darkroom.Worker.Tests.Client;

public sealed class ConnectionFaultHandlerTests
{
    [Fact]
    public async Task SendAsync_ResetInTheInstantThatItConnects_IsAConnectionThatBreaks()
    {
        using var client = new HttpClient(new ConnectionFaultHandler(new Resetting()));

        var broken = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri("http://127.0.0.1:1/"), TestContext.Current.CancellationToken));

        // What a submission is repeated after.
        broken.HttpRequestError.ShouldBe(HttpRequestError.Unknown);
        broken.InnerException.ShouldBeOfType<SocketException>().SocketErrorCode.ShouldBe(SocketError.NotConnected);
    }

    private sealed class Resetting : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromException<HttpResponseMessage>(new SocketException((int)SocketError.NotConnected));
    }
}
