using System.Net;
using Darkroom.Jobs.Sources;
using Darkroom.Jobs.Tests.Editing;
using Microsoft.Extensions.Options;

namespace Darkroom.Jobs.Tests.Sources;

/// <summary>Fetchers for tests.</summary>
internal static class FetchWorld
{
    public static readonly DownloadBounds Bounds = new(1_000_000, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5), 3);

    public static SourcesOptions Allow(params string[] hosts) => new() { AllowedHosts = hosts };

    public static SourcesOptions AllowNetworks(params string[] networks) => new() { AllowedNetworks = networks };

    public static SourceFetcher Fetcher(SourcesOptions options, TimeProvider? time = null) => new(Options.Create(options), new DnsHostResolver(), time ?? TimeProvider.System);

    public static GuardedDownload Download(SourcesOptions options, IHostResolver? resolver = null, TimeProvider? time = null) =>
        new(options, resolver ?? new DnsHostResolver(), time ?? TimeProvider.System);

    public static Func<System.Net.Sockets.NetworkStream, System.Net.Sockets.Socket, Task> Picture(byte[]? bytes = null, string headers = "")
    {
        var body = bytes ?? Pictures.Png();
        return ScriptedServer.Answer("200 OK", $"{headers}Content-Length: {body.Length}\r\nConnection: close\r\n", body);
    }

    public static Func<System.Net.Sockets.NetworkStream, System.Net.Sockets.Socket, Task> Redirect(string location, string status = "302 Found") =>
        ScriptedServer.Answer(status, $"Location: {location}\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\nConnection: close\r\n", []);

    public static async Task<DownloadFault?> FaultAsync(SourceFetcher fetcher, string url)
    {
        var (image, fault) = await fetcher.FetchAsync(url, TestContext.Current.CancellationToken);
        image?.Dispose();
        return fault;
    }

    /// <summary>Gives a name's answers one after another, the last one for ever.</summary>
    internal sealed class ScriptedResolver(params string[] answers) : IHostResolver
    {
        public int Asked { get; private set; }

        public Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<IPAddress>>([.. answers[Math.Min(Asked++, answers.Length - 1)].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse)]);
    }

    /// <summary>Keeps what comes.</summary>
    internal sealed class Target(Func<DownloadFault?>? each = null) : IDownloadTarget
    {
        public MemoryStream Bytes { get; } = new();

        public ValueTask<DownloadFault?> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            Bytes.Write(bytes.Span);
            return ValueTask.FromResult(each?.Invoke());
        }
    }
}
