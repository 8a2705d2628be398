using System.Net;
using System.Net.Sockets;

namespace Darkroom.Storage.Tests.Images;

/// <summary>A loopback proxy that resets connections in the middle of what a client sends.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _serverPort;
    private readonly Task _accepting;
    private readonly List<Task> _connections = [];
    private long _cutAfter;
    private int _cutsLeft;
    private int _cuts;

    public CuttingProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections were cut.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>From now on resets a connection that has sent so many bytes, so many times; whatever connections there are count from here.</summary>
    public void Cut(long afterBytes, int times)
    {
        Volatile.Write(ref _cutAfter, afterBytes);
        Volatile.Write(ref _cutsLeft, times);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        Task[] connections;
        lock (_connections) connections = [.. _connections];
        await Task.WhenAll(connections);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync(_stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                return;
            }

            lock (_connections) _connections.Add(ServeAsync(client));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _serverPort, _stop.Token);
                await Task.WhenAny(SendAsync(client, server), server.GetStream().CopyToAsync(client.GetStream(), _stop.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
            {
                // Either side went; so does the other.
            }
        }
    }

    private async Task SendAsync(TcpClient client, TcpClient server)
    {
        var buffer = new byte[16 * 1024];
        long sent = 0;
        while (await client.GetStream().ReadAsync(buffer, _stop.Token) is var count and > 0)
        {
            if (Volatile.Read(ref _cutsLeft) > 0 && (sent += count) > Volatile.Read(ref _cutAfter) && Interlocked.Decrement(ref _cutsLeft) >= 0)
            {
                Interlocked.Increment(ref _cuts);
                // A reset, as of a cable that is pulled and not of a program that says goodbye.
                client.LingerState = server.LingerState = new LingerOption(enable: true, seconds: 0);
                return;
            }

            await server.GetStream().WriteAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }
}
