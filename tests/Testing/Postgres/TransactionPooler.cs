using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Darkroom.Testing.Postgres;

/// <summary>
/// A loopback port that leads to a PostgreSQL server as a pooler in transaction mode does: each client logs in with a connection of its own, and from then on each
/// statement or transaction takes the server connection that became idle last, whoever opened it. Knows as much of the protocol as short statements need.
/// </summary>
public sealed class TransactionPooler : IAsyncDisposable
{
    private readonly EndPoint _target;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentStack<NetworkStream> _idle = new();
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    /// <summary>Makes a pooler.</summary>
    /// <param name="target">Where the server listens.</param>
    public TransactionPooler(EndPoint target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port to connect to, unencrypted.</summary>
    public int Port { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        foreach (var socket in _sockets) socket.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true) serving.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        _sockets.Add(socket);
        try
        {
            await using var client = new NetworkStream(socket);
            _idle.Push(await LogInAsync(client));
            NetworkStream? server = null;
            while (await ReadAsync(client) is { } message && message[0] != 'X')
            {
                while (server is null && !_idle.TryPop(out server)) await Task.Delay(1, _stop.Token);
                await server!.WriteAsync(message, _stop.Token);
                if (message[0] is not ((byte)'Q' or (byte)'S')) continue;
                if (await RelayAsync(server, client) != 'I') continue;
                _idle.Push(server);
                server = null;
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The client or the test has ended.
        }
    }

    private async Task<NetworkStream> LogInAsync(NetworkStream client)
    {
        var socket = new Socket(_target.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        _sockets.Add(socket);
        await socket.ConnectAsync(_target, _stop.Token);
        var server = new NetworkStream(socket);
        var length = new byte[4];
        await client.ReadExactlyAsync(length, _stop.Token);
        var startUp = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        length.CopyTo(startUp, 0);
        await client.ReadExactlyAsync(startUp.AsMemory(4), _stop.Token);
        await server.WriteAsync(startUp, _stop.Token);
        while (true)
        {
            var message = await ReadAsync(server) ?? throw new IOException("The server hung up.");
            await client.WriteAsync(message, _stop.Token);
            if (message[0] == 'Z') return server;
            // A password, or a step of SASL, is wanted; 0 and 12 want none.
            if (message[0] == 'R' && BinaryPrimitives.ReadInt32BigEndian(message.AsSpan(5)) is not (0 or 12))
                await server.WriteAsync(await ReadAsync(client) ?? throw new IOException("The client hung up."), _stop.Token);
        }
    }

    // Until the server is ready for the next statement; tells whether it is in a transaction.
    private async Task<char> RelayAsync(NetworkStream server, NetworkStream client)
    {
        while (true)
        {
            var message = await ReadAsync(server) ?? throw new IOException("The server hung up.");
            await client.WriteAsync(message, _stop.Token);
            if (message[0] == 'Z') return (char)message[5];
        }
    }

    private async Task<byte[]?> ReadAsync(NetworkStream stream)
    {
        var head = new byte[5];
        if (await stream.ReadAtLeastAsync(head, 5, throwOnEndOfStream: false, _stop.Token) < 5) return null;
        var message = new byte[1 + BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1))];
        head.CopyTo(message, 0);
        await stream.ReadExactlyAsync(message.AsMemory(5), _stop.Token);
        return message;
    }
}
