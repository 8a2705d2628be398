using System.IO.Compression;
using Darkroom.Jobs.Editing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Darkroom.Jobs.Tests.Editing;

/// <summary>What tests of the client have to hand: a picture, a request, and the client before a scripted server.</summary>
public abstract class EditClientTest : IDisposable
{
    private protected static byte[] Picture { get; } = Answers.Picture(400_000);

    private protected static EditRequest Request { get; } = new(new EditInput([ImageReference.Url("https://x.test/a.png")], null), "p", EditOptions.None);

    private protected SocketsHttpHandler Handler { get; } = EndpointHandler.Create();

    private protected FakeTimeProvider Time { get; } = new();

    private protected MemorySink Sink { get; } = new();

    public void Dispose()
    {
        Handler.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static byte[] Pack(byte[] bytes, string encoding)
    {
        var packed = new MemoryStream();
        using (Stream packer = encoding == "gzip" ? new GZipStream(packed, CompressionLevel.Fastest) : new BrotliStream(packed, CompressionLevel.Fastest)) packer.Write(bytes);
        return packed.ToArray();
    }

    private protected Task<EditOutcome> SendAsync(ScriptedServer server, EditRequest? request = null, MemorySink? sink = null, Action<EndpointOptions>? change = null) =>
        SendAsync(server.Address, request, sink, change, TestContext.Current.CancellationToken);

    private protected async Task<EditOutcome> SendAsync(
        string address, EditRequest? request = null, MemorySink? sink = null, Action<EndpointOptions>? change = null, CancellationToken cancellationToken = default)
    {
        var options = new EndpointOptions { BaseUrl = address, ApiKey = "sk-test-key" };
        change?.Invoke(options);
        using var http = new HttpClient(Handler, disposeHandler: false);
        return await new EditClient(http, Options.Create(options), Time, NullLogger<EditClient>.Instance).SendAsync(request ?? Request, sink ?? Sink, cancellationToken);
    }
}
