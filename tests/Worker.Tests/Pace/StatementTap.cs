using System.Net;
using System.Net.Sockets;

namespace Darkroom.Worker.Tests.Pace;

/// <summary>
/// A loopback port that leads to a PostgreSQL server and counts the statements that go by, in whatever library's name: each Execute ('E') and simple Query ('Q')
/// of the wire protocol. Connections mustn't be encrypted.
/// </summary>
internal sealed class StatementTap : IAsyncDisposable
{
    private readonly EndPoint _target;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private long _statements;

    public StatementTap(EndPoint target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public long Statements => Interlocked.Read(ref _statements);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The tap is closed.
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var from = client;
        using var to = new Socket(_target.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            from.NoDelay = true;
            await to.ConnectAsync(_target, _stop.Token);
            await using var server = new NetworkStream(to);
            var reader = new FrontendReader(() => Interlocked.Increment(ref _statements));
            await Task.WhenAny(CopyAsync(from.GetStream(), server, reader.Read), CopyAsync(server, from.GetStream(), _ => { }));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // One side is gone, and the other goes with it.
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, Action<byte[]> passing)
    {
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, _stop.Token)) > 0)
        {
            passing(buffer[..read]);
            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }

    /// <summary>Finds where a client's messages begin, however they are cut into packets.</summary>
    private sealed class FrontendReader(Action counted)
    {
        private const int RequestsBeforeStartup = 80877102;
        private readonly byte[] _head = new byte[8];
        private int _have;
        private long _skip;
        private bool _started;

        public void Read(byte[] bytes)
        {
            for (var at = 0; at < bytes.Length;)
            {
                if (_skip > 0)
                {
                    var taken = (int)Math.Min(_skip, bytes.Length - at);
                    (_skip, at) = (_skip - taken, at + taken);
                    continue;
                }

                _head[_have++] = bytes[at++];
                // The first message has no type, but a version or request number after its length.
                if (_have < (_started ? 5 : 8)) continue;
                _have = 0;
                if (_started)
                {
                    if (_head[0] is (byte)'E' or (byte)'Q') counted();
                    _skip = IPAddress.NetworkToHostOrder(BitConverter.ToInt32(_head, 1)) - 4;
                }
                else
                {
                    _skip = IPAddress.NetworkToHostOrder(BitConverter.ToInt32(_head, 0)) - 8;
                    _started = IPAddress.NetworkToHostOrder(BitConverter.ToInt32(_head, 4)) < RequestsBeforeStartup;
                }
            }
        }
    }
}
