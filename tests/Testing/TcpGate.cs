using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Darkroom.Testing;

/// <summary>
/// A loopback port that leads to another one or to a socket, and can be shut: whoever is connected is then reset in mid-sentence, and so is whoever comes. What a client sees
/// of a server that dies and comes back, at any instant, whatever the server would rather do. The port stays taken while it is shut, so that nobody else gets it.
/// </summary>
public sealed class TcpGate : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly EndPoint _target;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly Task _accepting;
    private volatile bool _open;
    private int _refused;

    /// <summary>Makes a gate.</summary>
    /// <param name="target">The loopback port behind it.</param>
    /// <param name="open">Whether it is open at first.</param>
    public TcpGate(int target, bool open = true) : this(new IPEndPoint(IPAddress.Loopback, target), open)
    {
    }

    /// <summary>Makes a gate.</summary>
    /// <param name="target">What is behind it.</param>
    /// <param name="open">Whether it is open at first.</param>
    public TcpGate(EndPoint target, bool open = true)
    {
        (_target, _open) = (target, open);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port to connect to.</summary>
    public int Port { get; }

    /// <summary>How many came while it was shut.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Waits until so many came while it was shut.</summary>
    /// <exception cref="TimeoutException">They don't come.</exception>
    public async Task UntilRefusedAsync(int count, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (Refused < count)
        {
            if (waited.Elapsed > Patience) throw new TimeoutException($"{Refused} came in {Patience}, and {count} were waited for.");
            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>Lets connections through.</summary>
    public void Open() => _open = true;

    /// <summary>Resets every connection and lets none through.</summary>
    public void Shut()
    {
        _open = false;
        foreach (var socket in _sockets.Keys) Reset(socket);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Shut();
        _listener.Stop();
        await _accepting;
    }

    // No time to linger: closing sends a reset, and what is unsent is dropped.
    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was closed already.
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer)) > 0)
                for (var sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side is gone, and the other goes with it.
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _ = CarryAsync(await _listener.AcceptSocketAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task CarryAsync(Socket client)
    {
        using var server = new Socket(_target.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        _sockets[client] = 0;
        _sockets[server] = 0;
        try
        {
            // Asked after the sockets are known: a shutting that came between has reset them or is seen here.
            if (!_open)
            {
                Interlocked.Increment(ref _refused);
                return;
            }

            client.NoDelay = true;
            await server.ConnectAsync(_target);
            await Task.WhenAny(CopyAsync(client, server), CopyAsync(server, client));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The server behind doesn't answer, or the gate was shut: the client is reset.
        }
        finally
        {
            foreach (var socket in (Socket[])[client, server])
            {
                _sockets.TryRemove(socket, out _);
                Reset(socket);
            }
        }
    }
}
