using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Darkroom.Jobs.Tests.Editing;

/// <summary>A server on loopback that reads a request and then does to the socket whatever a test says; one script a connection.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public ScriptedServer(params Func<NetworkStream, Socket, Task>[] scripts)
        : this(new IPEndPoint(IPAddress.Loopback, 0), scripts)
    {
    }

    public ScriptedServer(IPEndPoint at, params Func<NetworkStream, Socket, Task>[] scripts)
    {
        _listener = new TcpListener(at);
        _listener.Start();
        _loop = RunAsync(scripts);
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1/";

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public List<string> Heads { get; } = [];

    public List<string> Bodies { get; } = [];

    public List<byte[]> RawBodies { get; } = [];

    /// <summary>Answers with a head and a body as they are.</summary>
    public static Func<NetworkStream, Socket, Task> Answer(string status, string headers, byte[] body) => async (stream, _) =>
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{headers}\r\n"));
        await stream.WriteAsync(body);
    };

    /// <summary>Answers with a body of a type, closed by the connection's end.</summary>
    public static Func<NetworkStream, Socket, Task> Answer(string status, string type, string body) =>
        Answer(status, $"Content-Type: {type}\r\nx-request-id: req_1\r\nConnection: close\r\n", Encoding.UTF8.GetBytes(body));

    public async ValueTask DisposeAsync()
    {
        // The loop first: between two scripts it would find a listener that was stopped, instead of being canceled.
        await _stop.CancelAsync();
        await _loop;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task RunAsync(Func<NetworkStream, Socket, Task>[] scripts)
    {
        try
        {
            foreach (var script in scripts)
            {
                using var socket = await _listener.AcceptSocketAsync(_stop.Token);
                await using var stream = new NetworkStream(socket, ownsSocket: false);
                await ReadRequestAsync(stream);
                await script(stream, socket);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (IOException)
        {
            // The client hung up while it was being answered, which is what some tests are about.
            return;
        }
    }

    private async Task ReadRequestAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0) throw new IOException("Closed by the client.");
            head.Append((char)one[0]);
        }

        Heads.Add(head.ToString());
        var length = head.ToString().Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        if (length is null) return;
        var body = new byte[int.Parse(length.AsSpan("Content-Length:".Length))];
        await stream.ReadExactlyAsync(body, _stop.Token);
        RawBodies.Add(body);
        Bodies.Add(Encoding.UTF8.GetString(body));
    }
}
