using System.Net;
using System.Net.Sockets;

namespace Darkroom.Worker.Tests.Webhooks;

/// <summary>A receiver that takes connections and never says a word.</summary>
internal sealed class SilentReceiver : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _clients = [];

    public SilentReceiver() => _listener.Start();

    public string Address => $"http://{_listener.LocalEndpoint}";

    /// <summary>Waits for a connection and for something on it.</summary>
    public async Task UntilCalledAsync()
    {
        var client = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        _clients.Add(client);
        await client.GetStream().ReadAtLeastAsync(new byte[1], 1, cancellationToken: TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
    }

    public void Dispose()
    {
        foreach (var client in _clients) client.Dispose();
        _listener.Dispose();
    }
}
