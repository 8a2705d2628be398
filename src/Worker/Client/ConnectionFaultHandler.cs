using System.Net.Sockets;

namespace Darkroom.Worker.Client;

/// <summary>Tells of a connection that is reset in the instant that it is made as of any other that breaks: HttpClient lets its bare <see cref="SocketException"/> out.</summary>
/// <param name="inner">Sends.</param>
internal sealed class ConnectionFaultHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (SocketException exception)
        {
            throw new HttpRequestException(exception.Message, exception);
        }
    }
}
